// Parts of the search: a result with its score and its two buttons, and an example of the strip.

const LIKE_KEYS = ['+', '=', 'l', 'L'], UNLIKE_KEYS = ['-', 'x', 'X']
const SIGNS = { plus: ['+', 'More like this'], minus: ['−', 'Not like this'] }

// `act` is called with 'plus', 'minus' or 'open' and the row; `isFresh` tells whether results
// have just changed: what is pressed then was meant for what was there before.
function createTile(address, act, isFresh) {
  const cell = createCell(address, () => {})
  const score = make('i', { className: 'score' })
  let before = null
  const meant = () => (isFresh() && before?.id ? before : cell.row)
  const signs = make('div', { className: 'signs' })
  for (const [kind, [sign, title]] of Object.entries(SIGNS)) {
    // One image at a time is in the order of tabs; there, keys do the same.
    const button = make('button', { className: kind, textContent: sign, title, tabIndex: -1 })
    button.onclick = () => act(kind, meant())
    signs.append(button)
  }
  cell.button.setAttribute('aria-keyshortcuts', '+ -')
  cell.button.onclick = () => act('open', meant())
  cell.button.firstChild.after(score)
  const element = make('div', { className: 'tile' }, cell.button, signs)
  return {
    element,
    button: cell.button,
    get row() { return meant() },
    get ready() { return cell.ready },
    draw({ score: value, ...row }) {
      before = cell.row
      cell.draw(row)
      const name = row.given ?? 'no label'
      for (const button of signs.children) button.setAttribute('aria-label', `${SIGNS[button.className][1]}: ${name}`)
      score.hidden = value === null
      score.style.setProperty('--score', `${Math.round(100 * Math.min(Math.max(value ?? 0, 0), 1))}%`)
      score.title = value === null ? '' : `score ${value.toFixed(2)}: 1 is as the examples, 0 as an average image`
    },
  }
}

function exampleElement(address, row, kind, act) {
  const name = row.given ?? 'no label'
  const open = make('button', { className: 'picture', title: `${row.path}: ${description(row)}` })
  open.setAttribute('aria-label', `${kind === 'plus' ? 'Example' : 'Counterexample'}: ${description(row)}`)
  open.append(smallPicture(address, row, { alt: '' }))
  open.onclick = () => act('open', row)
  const remove = make('button', { className: 'remove', textContent: '×', title: 'Remove' })
  remove.setAttribute('aria-label', `Remove ${name}`)
  remove.onclick = () => act('remove', row)
  const sign = make('i', { textContent: SIGNS[kind][0] })
  sign.setAttribute('aria-hidden', 'true')
  const element = make('figure', {}, open, sign, remove, make('figcaption', { textContent: name }))
  element.dataset.id = row.id
  return element
}
