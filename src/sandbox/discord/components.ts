import {
  type APIMessage,
  type APIModalInteractionResponseCallbackData,
  ButtonStyle,
  ComponentType,
} from 'discord.js'

type Sent = Record<string, unknown>

/** What a component interaction carries about the component. */
interface ComponentData {
  id?: number
  custom_id: string
  component_type: ComponentType
  values?: string[]
}

/** A button or menu on a message, by its custom id or a button's label. */
export interface FoundComponent {
  /** What pressing it sends; throws for a link (naming its address), a disabled button, or a menu. */
  press(): ComponentData
  /** What choosing these values sends; throws when the menu does not allow the choice. */
  choose(values: string[]): ComponentData
}

/** Finds a component on a message; throws when there is none. */
export function findComponent(message: APIMessage, name: string): FoundComponent {
  const all = flatten(message.components ?? [])
  const found =
    all.find(component => component.custom_id === name) ?? all.find(component => component.label === name)
  if (!found) {
    const there = all.map(component => component.label ?? component.custom_id).filter(Boolean)
    throw new Error(`There is no ${name} on that message, but: ${there.join(', ') || 'nothing'}`)
  }
  const type = Number(found.type) as ComponentType
  const usable = (): ComponentData => {
    if (found.disabled === true) throw new Error(`${name} is disabled`)
    return { id: Number(found.id), custom_id: String(found.custom_id), component_type: type }
  }
  return {
    press() {
      if (type !== ComponentType.Button) throw new Error(`${name} is not a button`)
      if (found.style === ButtonStyle.Link) throw new Error(`${name} is a link to ${String(found.url)}`)
      return usable()
    },
    choose(values) {
      if (type === ComponentType.Button) throw new Error(`${name} is a button`)
      const min = Number(found.min_values ?? 1)
      const max = Number(found.max_values ?? 1)
      if (values.length < min || values.length > max)
        throw new Error(`${name} takes ${min} to ${max} choices`)
      if (type === ComponentType.StringSelect) {
        const options = (found.options ?? []) as Sent[]
        for (const value of values) {
          if (!options.some(option => option.value === value))
            throw new Error(`${name} has no choice ${value}`)
        }
      }
      return { ...usable(), values }
    },
  }
}

/** What sending a form carries: its inputs with what was typed, in the form's own shape. */
export function modalData(
  modal: APIModalInteractionResponseCallbackData,
  values: Record<string, string>,
): object {
  const left = new Set(Object.keys(values))
  const filled = (component: Sent): Sent => {
    const customId = String(component.custom_id)
    left.delete(customId)
    return {
      type: component.type,
      id: component.id,
      custom_id: customId,
      value: values[customId] ?? component.value ?? '',
    }
  }
  const components = (modal.components as unknown as Sent[]).map((row, index) => {
    if (isSent(row.component)) return { type: row.type, id: index + 1, component: filled(row.component) }
    const inner = Array.isArray(row.components) ? row.components.filter(isSent).map(filled) : []
    return { type: row.type, id: index + 1, components: inner }
  })
  if (left.size > 0) throw new Error(`The form has no input ${[...left].join(', ')}`)
  return { custom_id: modal.custom_id, components }
}

/** All components of a message, the nested ones too. */
function flatten(components: readonly object[]): Sent[] {
  return components
    .filter(isSent)
    .flatMap(component => [
      component,
      ...(Array.isArray(component.components) ? flatten(component.components) : []),
      ...(isSent(component.accessory) ? [component.accessory] : []),
    ])
}

function isSent(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null
}
