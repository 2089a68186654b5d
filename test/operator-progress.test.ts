import { describe, expect, it } from 'vitest'
import { createProgress } from '../src/operator/progress.ts'

describe('the progress of long work', () => {
  const watch = (isTTY: boolean, total?: number) => {
    const written: string[] = []
    let time = 0
    const progress = createProgress({
      what: 'linking',
      ...(total !== undefined && { total }),
      output: { isTTY, columns: 80, write: text => written.push(text) },
      now: () => time,
    })
    const at = (seconds: number, done: number) => {
      time = seconds * 1000
      progress.at(done)
    }
    return { written, at, end: progress.end }
  }

  it('is a bar with count, rate and time left in a terminal, on one line', () => {
    const { written, at, end } = watch(true, 1200)
    at(10, 300)
    expect(written).toEqual(['\r\u001B[2Klinking ██████░░░░░░░░░░░░░░░░░░ 300 of 1,200, 30/s, 30 s left'])
    at(10.05, 301)
    expect(written).toHaveLength(1)
    at(40, 1200)
    end()
    expect(written.at(-1)).toBe('\r\u001B[2Klinking: 1,200 of 1,200, 30/s\n')
  })

  it('is a plain line now and then elsewhere', () => {
    const { written, at, end } = watch(false, 100_000)
    at(1, 1)
    at(5, 10)
    at(6, 12)
    at(10, 30)
    end()
    expect(written).toEqual([
      'linking: 10 of 100,000, 2/s, 13.9 h left\n',
      'linking: 30 of 100,000, 3/s, 9.3 h left\n',
      'linking: 30 of 100,000, 3/s, 9.3 h left\n',
    ])
  })

  it('promises no end that nobody knows', () => {
    const { written, at } = watch(true)
    at(2, 500)
    expect(written).toEqual(['\r\u001B[2Klinking 500, 250/s'])
  })
})
