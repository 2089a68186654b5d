/** What the platform has to remember past a restart, in whatever store the bot has. */
export interface Memory<Value> {
  get(key: string): Promise<Value | undefined>
  set(key: string, value: Value): Promise<void>
  delete(key: string): Promise<void>
}
