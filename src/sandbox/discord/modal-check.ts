import { ComponentType } from 'discord.js'
import { checkForm } from './errors.ts'

/** Refuses with 50035 a modal that Discord would refuse: title 45, custom id 100, one to five rows or labels. */
export function checkModal(modal: Record<string, unknown>): void {
  const check = checkForm()
  check.text(['data', 'custom_id'], modal.custom_id, 1, 100)
  check.text(['data', 'title'], modal.title, 1, 45)
  const components = Array.isArray(modal.components) ? (modal.components as { type?: unknown }[]) : []
  if (components.length < 1 || components.length > 5) {
    check.wrong(['data', 'components'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.')
  }
  const allowed: unknown[] = [ComponentType.ActionRow, ComponentType.Label, ComponentType.TextDisplay]
  for (const [index, component] of components.entries()) {
    if (allowed.includes(component.type)) continue
    const choices = 'Value of field "type" must be one of (1, 10, 18).'
    check.wrong(['data', 'components', index, 'type'], 'UNION_TYPE_CHOICES', choices)
  }
  check.done()
}
