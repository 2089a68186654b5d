import { defineGroup } from '../src/command.ts'

export default defineGroup({ description: 'Set up and look after paid memberships', access: 'admin' })
