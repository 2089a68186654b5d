import { describe, expect, it } from 'vitest'
import { nearest } from '../src/nearest.ts'

const plans = ['basic_monthly', 'pro_monthly', 'elite_monthly']

describe('a wrong name', () => {
  it.each([
    ['pro', ['pro_monthly']],
    ['PRO_MONTLY', ['pro_monthly']],
    ['monthly', ['pro_monthly', 'basic_monthly', 'elite_monthly']],
    ['basic-monthly', ['basic_monthly']],
    ['gold', []],
    ['', []],
    ['x'.repeat(3000), []],
  ])('%s is answered with the nearest right ones', (typed, expected) => {
    expect(nearest(typed, plans)).toEqual(expected)
  })
})
