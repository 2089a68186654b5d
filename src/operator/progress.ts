/** How far a long piece of work is. */
export interface Progress {
  /** So much is done by now. */
  at(done: number): void
  /** Leaves one line that says how much it was. */
  end(): void
}

interface Output {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

const drawEveryMs = 100
const lineEveryMs = 5_000
const barWidth = 24

/**
 * Shows count, rate and time left on stderr: a bar in a terminal, a plain line every five seconds elsewhere. Without a
 * `total` there is no bar, and nobody knows what is left.
 */
export function createProgress({
  what,
  total,
  output = process.stderr,
  now = () => performance.now(),
}: {
  what: string
  total?: number
  output?: Output
  now?: () => number
}): Progress {
  const startedAt = now()
  const isLive = output.isTTY === true
  let done = 0
  let shownAt = isLive ? Number.NEGATIVE_INFINITY : startedAt

  const words = () => {
    const seconds = Math.max((now() - startedAt) / 1000, 0.001)
    const rate = done / seconds
    const left = total === undefined || done === 0 || done >= total ? undefined : (total - done) / rate
    const count = total === undefined ? number(done) : `${number(done)} of ${number(total)}`
    // A rate of the first moments is a guess.
    const pace = seconds < 1 ? [] : [`${number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))}/s`]
    return [count, ...pace, ...(left === undefined ? [] : [`${duration(left)} left`])].join(', ')
  }
  const line = () => `${what}: ${words()}`
  const bar = () => {
    const filled = total ? Math.round((Math.min(done, total) / total) * barWidth) : 0
    const drawn = total === undefined ? '' : `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} `
    return `${what} ${drawn}${words()}`.slice(0, (output.columns || 80) - 1)
  }

  return {
    at(count) {
      done = count
      if (now() - shownAt < (isLive ? drawEveryMs : lineEveryMs)) return
      shownAt = now()
      output.write(isLive ? `\r\u001B[2K${bar()}` : `${line()}\n`)
    },
    end() {
      output.write(`${isLive ? '\r\u001B[2K' : ''}${line()}\n`)
    },
  }
}

const number = (value: number) => value.toLocaleString('en-US')

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}
