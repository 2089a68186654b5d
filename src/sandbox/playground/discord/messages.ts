import {
  type APIEmbed,
  type APIMessage,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from 'discord.js'
import type { ComponentView, EmbedView, MessageView } from './room.ts'

const styles: Partial<Record<ButtonStyle, 'primary' | 'success' | 'destructive'>> = {
  [ButtonStyle.Primary]: 'primary',
  [ButtonStyle.Success]: 'success',
  [ButtonStyle.Danger]: 'destructive',
}

/** A message as the page draws it. `nameOf` gives a user's display name in the server. */
export function messageView(message: APIMessage, nameOf: (id: string) => string): MessageView {
  const flags = message.flags ?? 0
  const used = message.interaction
  return {
    id: message.id,
    author: { id: message.author.id, name: nameOf(message.author.id), isBot: message.author.bot === true },
    at: Date.parse(message.timestamp),
    text: message.content,
    isEdited: message.edited_timestamp !== null && message.interaction_metadata === undefined,
    isPrivate: (flags & MessageFlags.Ephemeral) !== 0,
    isThinking: (flags & MessageFlags.Loading) !== 0,
    ...(used && { command: { by: nameOf(used.user.id), byId: used.user.id, name: used.name } }),
    embeds: message.embeds.map(embedView),
    files: message.attachments.map(({ id, filename, size }) => ({
      name: filename,
      size,
      url: `/playground/discord/files/${id}`,
    })),
    rows: (message.components ?? []).map(rowView).filter(row => row.length > 0),
  }
}

function embedView(embed: APIEmbed): EmbedView {
  return {
    title: embed.title ?? '',
    url: embed.url ?? '',
    text: embed.description ?? '',
    color: embed.color === undefined ? '' : hexColor(embed.color),
    image: embed.image?.url ?? '',
    thumbnail: embed.thumbnail?.url ?? '',
    footer: embed.footer?.text ?? '',
    fields: (embed.fields ?? []).map(({ name, value, inline }) => ({
      name,
      value,
      isInline: inline === true,
    })),
  }
}

function rowView(row: APIMessageTopLevelComponent): ComponentView[] {
  if (row.type !== ComponentType.ActionRow) return []
  return row.components.flatMap((component): ComponentView[] => {
    const isDisabled = component.disabled === true
    if (component.type === ComponentType.StringSelect)
      return [
        {
          kind: 'menu',
          id: component.custom_id,
          placeholder: component.placeholder ?? 'Make a selection',
          isDisabled,
          most: component.max_values ?? 1,
          options: component.options.map(({ value, label, description, default: isChosen }) => ({
            value,
            label,
            hint: description ?? '',
            isChosen: isChosen === true,
          })),
        },
      ]
    if (component.type !== ComponentType.Button || component.style === ButtonStyle.Premium) return []
    const label = component.label ?? ''
    if (component.style === ButtonStyle.Link) return [{ kind: 'link', label, url: component.url, isDisabled }]
    const style = styles[component.style] ?? 'secondary'
    return [{ kind: 'button', id: component.custom_id, label, style, isDisabled }]
  })
}

/** Discord's colour numbers as CSS writes them. */
export const hexColor = (color: number): string => `#${color.toString(16).padStart(6, '0')}`
