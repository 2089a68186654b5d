import { beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { SlackStandIn } from '../src/sandbox/slack/index.ts'
import { client, socketApp, standIn } from './sandbox-slack-app.ts'

let slack: SlackStandIn

beforeEach(async () => {
  slack = await standIn()
})

describe('Socket Mode', () => {
  it('takes a wrong app token for what it is', async () => {
    await expect(client(slack, 'xapp-nobody').apps.connections.open()).rejects.toMatchObject({
      data: { error: 'invalid_auth' },
    })
  })

  it('lets nobody in without a ticket, and with one only once', async () => {
    const { url = '' } = await client(slack, slack.appToken).apps.connections.open()
    const knock = (address: string) =>
      new Promise<string>(resolve => {
        const socket = new WebSocket(address)
        socket.on('message', message => {
          socket.close()
          resolve(JSON.parse(String(message)).type)
        })
        socket.on('error', error => resolve(error.message))
      })
    expect(await knock(url)).toBe('hello')
    expect(await knock(url)).toContain('401')
    expect(await knock(url.replace(/ticket=\w+/, 'ticket=forged'))).toContain('401')
  })

  it('survives a refresh: Bolt connects again and goes on', async () => {
    const ada = slack.addUser(slack.team.id, { name: 'ada' })
    await socketApp(slack, app => app.command('/hi', async ({ ack }) => ack('hello')))
    slack.socketMode.disconnect()
    expect(slack.socketMode.connections()).toBe(0)
    await slack.until(() => slack.socketMode.connections() === 1, 10_000)
    expect((await slack.as(ada.id).command('/hi')).message()?.text).toBe('hello')
  })

  it('survives a cut connection too', async () => {
    const ada = slack.addUser(slack.team.id, { name: 'ada' })
    await socketApp(slack, app => app.command('/hi', async ({ ack }) => ack('hello')))
    slack.socketMode.cut()
    await slack.until(() => slack.socketMode.connections() === 0)
    await slack.until(() => slack.socketMode.connections() === 1, 10_000)
    expect((await slack.as(ada.id).command('/hi')).message()?.text).toBe('hello')
  })

  it('spreads commands over several connections', async () => {
    const ada = slack.addUser(slack.team.id, { name: 'ada' })
    for (const name of ['one', 'two']) {
      await socketApp(slack, app => app.command('/hi', async ({ ack }) => ack(name)))
    }
    const said = new Set<string | undefined>()
    for (let n = 0; n < 4; n += 1) said.add((await slack.as(ada.id).command('/hi')).message()?.text)
    expect(said).toEqual(new Set(['one', 'two']))
  })
})
