import { type MemberId, parseMember } from '../../member.ts'

/** One line of the file: who is to be whose customer. */
export interface RosterLine {
  line: number
  member: MemberId
  customer: string
}

/** A line that can't be taken, and why. */
export interface RosterProblem {
  line: number
  why: string
}

/**
 * Reads `chat user, Stripe customer` lines (comma, semicolon or tab; quoted or not; with or without a header). Somebody
 * or a customer named twice in different ways is taken in neither way: nobody can know which line is right.
 */
export function readRoster(file: string): { lines: RosterLine[]; problems: RosterProblem[] } {
  const lines: RosterLine[] = []
  const problems: RosterProblem[] = []
  const rows = file.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  let isFirst = true
  for (const [index, row] of rows.entries()) {
    const cells = cellsOf(row)
    if (cells.every(cell => cell === '')) continue
    const isHeader = isFirst && cells.every(cell => !/[:@]|^cus_/.test(cell))
    isFirst = false
    if (isHeader) continue
    const line = index + 1
    const read = readCells(cells)
    if (typeof read === 'string') problems.push({ line, why: read })
    else lines.push({ line, ...read })
  }
  const { kept, clashes } = withoutClashes(lines)
  return { lines: kept, problems: [...problems, ...clashes].sort((a, b) => a.line - b.line) }
}

function withoutClashes(lines: RosterLine[]): { kept: RosterLine[]; clashes: RosterProblem[] } {
  const byMember = grouped(lines, ({ member }) => member)
  const byCustomer = grouped(lines, ({ customer }) => customer)
  const clashes: RosterProblem[] = []
  const kept = lines.filter(each => {
    const why = clashOf(each, byMember.get(each.member) ?? [], byCustomer.get(each.customer) ?? [])
    if (why) clashes.push({ line: each.line, why })
    return !why
  })
  return { kept, clashes }
}

function clashOf(each: RosterLine, theirs: RosterLine[], itsOwn: RosterLine[]): string | undefined {
  const elsewhere = theirs.find(({ customer }) => customer !== each.customer)
  if (elsewhere) return `${each.member} is on line ${elsewhere.line} too, with another customer`
  const another = itsOwn.find(({ member }) => member !== each.member)
  if (another) return `${each.customer} is on line ${another.line} too, for somebody else`
  const [first] = theirs
  return first && first !== each ? `is the same as line ${first.line}` : undefined
}

function grouped(lines: RosterLine[], by: (line: RosterLine) => string): Map<string, RosterLine[]> {
  const groups = new Map<string, RosterLine[]>()
  for (const line of lines) groups.set(by(line), [...(groups.get(by(line)) ?? []), line])
  return groups
}

function readCells(cells: string[]): { member: MemberId; customer: string } | string {
  if (cells.length !== 2)
    return `has ${cells.length} columns; two are wanted: the chat user and the Stripe customer`
  const [who = '', customer = ''] = cells
  const member = memberIn(who)
  if (!member) return `"${who}" is not a chat user: discord:SERVER_ID:USER_ID or slack:TEAM_ID:USER_ID`
  if (customer.includes('@'))
    return 'names the customer by e-mail address, which proves nothing: name the customer itself (cus_…)'
  if (!/^cus_\w{1,200}$/.test(customer)) return `"${customer}" is not a Stripe customer (cus_…)`
  return { member, customer }
}

// A mistyped platform or a name instead of an id would be written into Stripe and never meet anybody.
function memberIn(cell: string): MemberId | undefined {
  const { member, platform = '' } = parseMember(cell) ?? {}
  const pattern = { discord: /^discord:\d{15,20}:\d{15,20}$/, slack: /^slack:[ET]\w+:[UW]\w+$/ }[platform]
  return pattern?.test(cell) ? member : undefined
}

function cellsOf(row: string): string[] {
  const separator = [',', ';', '\t'].find(each => row.includes(each)) ?? ','
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (const letter of row) {
    if (letter === '"') isQuoted = !isQuoted
    else if (letter === separator && !isQuoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += letter
  }
  cells.push(cell.trim())
  while (cells.length > 2 && cells.at(-1) === '') cells.pop()
  return cells
}
