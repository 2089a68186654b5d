/** Waits until a condition holds, asking often; throws with `what` after `timeoutMs` of real time. */
export async function until(what: string, holdsNow: () => unknown, timeoutMs = 8_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await holdsNow())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
