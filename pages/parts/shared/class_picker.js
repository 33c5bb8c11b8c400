// What the desk and the grid share: choosing a class, or several, by typing. Made for thousands of them.

const MOST_SHOWN = 60
const MOST_RECENT = 6
const LEAST_SHOWN = 0.005

const plain = (name) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
const isWordPart = (letter) => /[\p{L}\p{N}]/u.test(letter)

// How well a class fits what was typed: 0 begins with it, 1 a word of it does, 2 contains it,
// 3 has its letters in their order, -1 not at all.
function fit(name, typed) {
  let at = name.indexOf(typed)
  if (at === 0) return 0
  if (at > 0) {
    for (; at > 0; at = name.indexOf(typed, at + 1)) if (!isWordPart(name[at - 1])) return 1
    return 2
  }
  let found = 0
  for (const letter of name) if (letter === typed[found]) found += 1
  return found === typed.length ? 3 : -1
}

function createPicker(dialog) {
  let recent = []
  const plainNames = new Map()
  const plainOf = (name) => {
    if (!plainNames.has(name)) plainNames.set(name, plain(name))
    return plainNames.get(name)
  }

  function search(names, typed) {
    const letters = plain(typed.trim())
    if (!letters) return names.slice(0, MOST_SHOWN)
    const byFit = [[], [], [], []]
    for (const name of names) byFit[fit(plainOf(name), letters)]?.push(name)
    return byFit.flat().slice(0, MOST_SHOWN)
  }

  // `card` is of the item that a class is chosen for; its `likely` classes come first unless
  // they are `hidden`. `many` allows several. `done` is called with the names.
  return function pick({ card, classes, hidden, many, done }) {
    const chances = new Map(hidden ? [] : card.likely)
    const first = many && !hidden ? [card.given, card.suggested] : []
    const near = [...first, ...chances.keys(), ...recent].filter((name) => classes.includes(name))
    const names = [...new Set([...near, ...classes])]
    // A digit is a choice, unless there are classes that begin with one.
    const digits = !classes.some((name) => /^[0-9]/.test(name))
    const chosen = []
    let found = [], at = 0

    const input = make('input', {
      placeholder: many ? 'Which classes fit?' : 'Which class is it?', role: 'combobox',
      ariaLabel: many ? 'Classes' : 'Class', ariaExpanded: 'true', ariaAutoComplete: 'list',
      autocomplete: 'off', spellcheck: false, enterKeyHint: 'done',
    })
    const list = make('ul', { id: 'classes', role: 'listbox', ariaLabel: 'Classes' })
    input.setAttribute('aria-controls', 'classes')
    const chips = make('div', { className: 'chips' })
    const hint = make('p', { className: 'hint' })
    const ready = make('button', { className: 'main', onclick: () => finish() })

    function entry(name, index) {
      const tag = name === card.given ? 'given' : hidden ? ''
        : name === card.suggested ? 'suggested' : recent.includes(name) && !chances.has(name) ? 'recent' : ''
      const chance = chances.get(name)
      const item = make('li', { role: 'option', id: `class-${index}`, ariaSelected: String(index === at) },
        make('kbd', { textContent: digits && !input.value && index < 9 ? index + 1 : '' }), span(name),
        make('small', { className: tag, textContent: tag }),
        make('u', { textContent: chance >= LEAST_SHOWN ? percent(chance) : '' }))
      item.onclick = () => choose(name)
      return item
    }
    function draw() {
      list.replaceChildren(...found.map(entry))
      input.setAttribute('aria-activedescendant', at >= 0 ? `class-${at}` : '')
      list.children[at]?.scrollIntoView({ block: 'nearest' })
      hint.textContent = found.length ? many && chosen.length > 1 && !input.value ? 'Enter when these are all that fit.' : ''
        : `There is no class like “${input.value}”.`
      if (!many) return
      chips.replaceChildren(...chosen.map((name) => make('button', {
        textContent: `${name} ×`, ariaLabel: `Without ${name}`,
        onclick: () => { chosen.splice(chosen.indexOf(name), 1); look(); input.focus() },
      })))
      ready.disabled = chosen.length < 2
      ready.textContent = chosen.length < 2 ? 'Choose two or more' : `These ${chosen.length} fit`
    }
    function look() {
      found = search(names.filter((name) => !chosen.includes(name)), input.value)
      // With enough chosen, Enter on the empty field ends it rather than adding one more.
      at = many && chosen.length > 1 && !input.value ? -1 : 0
      draw()
    }
    function choose(name) {
      if (!name) return
      recent = [name, ...recent.filter((other) => other !== name)].slice(0, MOST_RECENT)
      if (!many) { dialog.close(); return done([name]) }
      chosen.push(name)
      input.value = ''
      look()
      input.focus()
    }
    function finish() {
      if (chosen.length < 2) return
      dialog.close()
      done(chosen)
    }

    input.oninput = look
    input.onkeydown = (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      const { key } = event
      if (key === 'Enter') { if (!event.repeat) at < 0 ? finish() : choose(found[at]) }
      else if (key === 'ArrowDown') { at = Math.min(at + 1, found.length - 1); draw() }
      else if (key === 'ArrowUp') { at = Math.max(at - 1, 0); draw() }
      else if (key === 'Backspace' && many && !input.value && chosen.length) { chosen.pop(); look() }
      else if (digits && !input.value && /^[1-9]$/.test(key)) choose(found[Number(key) - 1])
      else return
      event.preventDefault()
    }
    const box = make('div', { className: 'picker' }, ...(many ? [chips] : []), input, list, hint, ...(many ? [ready] : []))
    dialog.open(many ? 'Which classes fit' : 'Which class it is', [box])
    look()
    input.focus()
  }
}
