// Part of the desk: what opens above it. A picture, the list of keys, the choice of a class.

const KEY_HELP = [
  ['Space', 'It is the suggested class'], ['K', 'Keep the given label'],
  ['/', 'Another class: type a few letters'], ['B', 'Both labels fit'], ['N', 'No class fits'],
  ['X', 'Bad image'], ['U', 'Unsure'], ['Z', 'Undo the last verdict'],
  ['→ or S', 'Skip for now'], ['←', 'Back to the one before'], ['E', 'Zoom'],
  ['1 – 9', 'Look closer at a neighbour'], ['?', 'These keys'], ['Esc', 'Close'],
]

// `address` gives the address of an image; `whenClosed` runs after a panel is closed.
function createPanels(root, address, whenClosed) {
  const overlay = root.querySelector('.overlay')
  const panel = root.querySelector('.panel')
  let recentClasses = []

  function open(...content) {
    panel.replaceChildren(...content)
    overlay.hidden = false
    panel.focus({ preventScroll: true })
  }
  function close() {
    overlay.hidden = true
    panel.replaceChildren()
    whenClosed()
  }
  overlay.onclick = (event) => { if (event.target === overlay) close() }

  function picture(id, shown) {
    const image = shown.fields ? words(shown) : new Image()
    if (!shown.fields) {
      image.src = address(id, shown.content_hash, 'full')
      image.alt = `labelled ${shown.given}`
    }
    const caption = document.createElement('p')
    caption.append(bold(shown.given ?? 'no label'), ` · ${shown.path}`)
    open(image, caption)
  }

  function help() {
    const title = Object.assign(document.createElement('h3'), { textContent: 'Keys' })
    const table = document.createElement('table')
    for (const [key, meaning] of KEY_HELP) {
      const row = table.insertRow()
      row.insertCell().append(Object.assign(document.createElement('kbd'), { textContent: key }))
      row.insertCell().textContent = meaning
    }
    open(title, table)
  }

  // Calls `pick` with the chosen class: most likely first, then recent ones, then all.
  function picker(card, classes, pick) {
    const near = [...new Set([...card.likely.map(([name]) => name), ...recentClasses])]
    const all = [...near, ...classes.filter((name) => !near.includes(name))]
    const box = Object.assign(document.createElement('div'), { className: 'picker' })
    const input = Object.assign(document.createElement('input'), { placeholder: 'Which class is it?' })
    input.setAttribute('aria-label', 'Class')
    const list = document.createElement('ul')
    let found = [], chosen = 0
    const draw = () => {
      list.replaceChildren(...found.map((name, index) => {
        const entry = document.createElement('li')
        entry.append(span(name))
        if (name === card.given) entry.append(Object.assign(document.createElement('small'), { textContent: 'given' }))
        entry.setAttribute('aria-selected', index === chosen)
        entry.onclick = () => choose(name)
        return entry
      }))
      list.children[chosen]?.scrollIntoView({ block: 'nearest' })
    }
    const search = () => {
      const wanted = input.value.trim().toLowerCase()
      const rank = (name) => name.toLowerCase().indexOf(wanted)
      found = all.filter((name) => rank(name) >= 0)
      if (wanted) found.sort((a, b) => (rank(a) > 0) - (rank(b) > 0))
      found = found.slice(0, 60)
      chosen = 0
      draw()
    }
    const choose = (name) => {
      if (!name) return
      recentClasses = [name, ...recentClasses.filter((other) => other !== name)].slice(0, 6)
      close()
      pick(name)
    }
    input.oninput = search
    input.onkeydown = (event) => {
      if (event.key === 'Enter') choose(found[chosen])
      else if (event.key === 'ArrowDown') chosen = Math.min(chosen + 1, found.length - 1)
      else if (event.key === 'ArrowUp') chosen = Math.max(chosen - 1, 0)
      else return
      event.preventDefault()
      draw()
    }
    box.append(input, list)
    open(box)
    search()
    input.focus()
  }

  return { picture, help, picker, close, get isOpen() { return !overlay.hidden } }
}
