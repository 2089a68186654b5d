import type { Express } from 'express'
import type { World } from '../world.ts'

/** The pages that people see. */
export function servePages(_app: Express, _world: World) {}
