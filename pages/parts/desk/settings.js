// Part of the desk: the panel of keys and settings, and the auditor's preferences behind it.

const ALSO = [['1 – 9', 'Look closer at a neighbor'], ['Esc', 'Close a panel']]

// What the auditor has chosen. It lives in the database; what is on its way there counts already.
function createPreferences() {
  let known = {}, unsaved = null
  return {
    get: (name) => ({ ...known, ...unsaved })[name],
    get unsaved() { return unsaved && { ...known, ...unsaved } },
    load(saved) {
      known = saved ?? {}
      const arrived = (name) => JSON.stringify(known[name]) === JSON.stringify(unsaved[name])
      if (unsaved && Object.keys(unsaved).every(arrived)) unsaved = null
    },
    set(name, value) { unsaved = { ...unsaved, [name]: value } },
  }
}

// `changed` is called after every change.
function openSettings(dialog, keys, preferences, changed) {
  let waiting = null
  const message = make('p', { className: 'hint', role: 'status' })
  const table = make('table')

  function keyButton(action, slot) {
    const isWaiting = waiting?.action === action && waiting.slot === slot
    const key = keys.of(action)[slot]
    const name = isWaiting ? 'press a key' : keyName(key)
    return make('button', {
      className: isWaiting ? 'key waiting' : 'key', textContent: name,
      ariaLabel: `${ACTIONS[action][1]}: ${name}. Change it`,
      onclick: () => {
        waiting = { action, slot }
        message.textContent = `Press the key for “${ACTIONS[action][1]}”, or Escape.`
        draw()
        dialog.focus()
      },
    })
  }
  function draw() {
    const line = (meaning, ...shown) => make('tr', {}, make('td', { textContent: meaning }), make('td', {}, ...shown))
    table.replaceChildren(
      ...Object.keys(ACTIONS).map((action) => line(ACTIONS[action][1], ...keys.of(action).map((_, slot) => keyButton(action, slot)))),
      ...ALSO.map(([key, meaning]) => line(meaning, make('kbd', { textContent: key }))),
    )
  }
  function keep(text) {
    preferences.set('keys', structuredClone(keys.saved))
    message.textContent = text
    draw()
    changed()
  }
  function takes(event) {
    if (!waiting || event.repeat || ['Shift', 'CapsLock'].includes(event.key)) return false
    const { action, slot } = waiting
    const key = keyOf(event)
    if (key !== 'Escape' && refusal(key)) { message.textContent = `${refusal(key)} Choose another key.`; return true }
    waiting = null
    if (key === 'Escape') { message.textContent = ''; draw() } else keep(keys.set(action, slot, key))
    table.querySelectorAll('tr')[Object.keys(ACTIONS).indexOf(action)].querySelectorAll('button')[slot].focus()
    return true
  }

  const blind = make('input', { type: 'checkbox', checked: Boolean(preferences.get('blind')) })
  blind.onchange = () => { preferences.set('blind', blind.checked); changed() }
  const reset = make('button', {
    className: 'quiet', textContent: 'Back to the defaults',
    onclick: () => { waiting = null; keys.reset(); keep('The default keys are back.') },
  })
  draw()
  dialog.open('Keys and settings', [make('div', { className: 'settings' },
    make('h3', { textContent: 'Keys' }), make('p', { className: 'hint', textContent: 'Click a key to change it. They are stored under your name.' }),
    table, message, reset, make('h3', { textContent: 'Settings' }),
    make('label', {}, blind, span(' Hide the suggestion until I have chosen or asked for it')))], takes)
}
