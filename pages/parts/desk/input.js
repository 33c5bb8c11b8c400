// Part of the desk: keys and clicks become actions.

// What the page showed before, the form of signing in, stays in place until Streamlit has run the
// whole page, and would have the keys of whoever sees the first image until then.
function takeKeys() {
  const field = document.activeElement
  if (field?.matches(FIELDS) && field.closest('[data-testid="stMain"]')) field.blur()
}

// `act` is called with an action's name, `press` with that of a key, `look` with the number of a neighbor, `active` at
// every sign that somebody is there. Returns what stops listening.
function listen(root, { keys, dialog, act, press, look, active }) {
  function onKey(event) {
    active()
    if (dialog.isOpen && event.key === 'Escape' && !event.isComposing) {
      if (!dialog.takes(event)) dialog.close()
      event.preventDefault()
      event.stopPropagation()
      return
    }
    if (isForOthers(event)) return
    // Enter and Space belong to a button that somebody has moved the focus to.
    if ((event.key === ' ' || event.key === 'Enter') && event.composedPath()[0].matches?.('button, a')) return
    const name = keys.action(event)
    const digit = /^[1-9]$/.test(event.key)
    if (dialog.isOpen) {
      if (!dialog.takes(event)) {
        if (!['zoom', 'help', 'neighbors'].includes(name)) return
        dialog.close()
      }
    } else if (!name && !digit) return
    // A key that is held down does nothing twice.
    else if (!event.repeat) name ? press(name) : look(event.key - 1)
    event.preventDefault()
    event.stopPropagation()
  }

  document.addEventListener('keydown', onKey, true)
  root.addEventListener('pointerdown', active)
  root.querySelector('.frame').onclick = () => act('zoom')
  for (const button of root.querySelectorAll('[data-do]')) {
    button.onclick = (event) => {
      act(button.dataset.do)
      // After a click of the mouse, Space means the suggestion again, not this button.
      if (event.detail && !dialog.isOpen) root.querySelector('.stage').focus({ preventScroll: true })
    }
  }
  return () => {
    document.removeEventListener('keydown', onKey, true)
    root.removeEventListener('pointerdown', active)
  }
}

// The keys of a button; the one for the big button is that of whatever the button says.
function keysOn(button, keys, primary) {
  const name = button.dataset.do
  return button.closest('.verdicts') ? keys.onButton(name, primary) : keys.of(name)
}

// Each button shows its keys; those with Shift are shown when the mouse rests on it.
function drawKeys(root, keys) {
  const { primary } = root.querySelector('.verdicts').dataset
  for (const button of root.querySelectorAll('[data-do]')) {
    const own = keysOn(button, keys, primary)
    if (!own) continue
    for (const key of button.querySelectorAll('kbd')) key.remove()
    const plainOnes = own.filter((key) => !key.startsWith('Shift+')).slice(0, button.closest('footer') ? 1 : 2)
    button.append(...plainOnes.map((key) => make('kbd', { textContent: keyName(key) })))
    button.setAttribute('aria-keyshortcuts', own.map((key) => (key === ' ' ? 'Space' : key)).join(' '))
    button.title = [ACTIONS[button.dataset.do][1], own.map(keyName).join(' or ')].filter(Boolean).join(': ')
  }
  root.querySelector('.undo-key').textContent = keyName(keys.of('undo')[0])
}
