// Part of the desk: the one panel that opens above it.

// `home` gets the focus after a panel that was opened by mouse. The browser's own modal dialog
// holds the focus, makes the rest of the page inert and closes on Escape.
function createDialog(root, home) {
  const panel = root.querySelector('.panel')
  let onKey = null, opener = null

  panel.onclick = (event) => { if (event.target === panel) close() }
  // A back gesture closes it, too. The event comes late, when another panel may be open already.
  panel.onclose = () => { if (!panel.open) clear() }

  function close() {
    panel.close()
    clear()
  }
  function clear() {
    if (!panel.hasChildNodes()) return
    panel.replaceChildren()
    onKey = null
    // After a click, Space means the suggestion again, not the button that was clicked.
    const back = opener ?? home
    back.focus({ preventScroll: true })
  }

  return {
    // Shows `content`; `keys`, when given, is asked about every key and says whether it took it.
    open(label, content, keys = null) {
      if (!panel.open) {
        const focused = root.getRootNode().activeElement
        opener = focused?.matches('button:focus-visible') ? focused : null
      }
      panel.setAttribute('aria-label', label)
      panel.replaceChildren(...content, closeButton())
      onKey = keys
      if (!panel.open) panel.showModal()
      panel.focus({ preventScroll: true })
    },
    close,
    takes: (event) => onKey?.(event) ?? false,
    focus: () => panel.focus({ preventScroll: true }),
    get isOpen() { return panel.open },
  }

  function closeButton() {
    return make('button', { className: 'close', ariaLabel: 'Close', textContent: '×', onclick: close })
  }
}

const altText = ({ path, given }) => `Image ${path}, labeled ${given ?? 'not at all'}`
