// Part of the desk: which key does what, and which keys are nobody's to take.

// The actions that give a verdict, that of the big button first.
const VERDICT_ACTIONS = Object.entries(TERMS.verdicts)
  .flatMap(([verdict, { actions }]) => actions.map((action) => ({ ...action, verdict })))
  .sort((a, b) => (b.labels === 'suggested') - (a.labels === 'suggested'))

// The action of the key for the big button, whatever the evidence makes that button do.
const SUGGESTING = VERDICT_ACTIONS[0].name
// The action of the key for the suggested class, also where the big button keeps the given one.
const SUGGESTED = 'suggested'

// Each action can be reached by the left hand alone and, most of them, by its first letter.
const ACTIONS = {
  ...Object.fromEntries(VERDICT_ACTIONS.map(({ name, keys, help }) => [name, [keys, help]])),
  [SUGGESTED]: [['i', 'Shift+f'], 'It is the suggested class'],
  skip: [['ArrowRight', 's'], 'Skip for now'],
  back: [['ArrowLeft', 'a'], 'Back to the one before'],
  undo: [['z'], 'Undo'],
  redo: [['y', 'q', 'Shift+z'], 'Redo'],
  zoom: [['e'], 'Zoom'],
  reload: [['l', 'Shift+d'], 'Load the image again'],
  neighbors: [['t'], 'Open the neighbors'],
  history: [['h', 'Shift+e'], 'History of this image'],
  map: [['p', 'Shift+t'], 'Show this image on the map'],
  help: [['?', 'Shift+q'], 'Keys and settings'],
}
const EARLIER_NAMES = { neighbors: 'neighbours' } // as version 0.1 saved them
const DEFAULT_KEYS = Object.fromEntries(Object.entries(ACTIONS).map(([name, [keys]]) => [name, keys]))
const FIELDS = 'input, textarea, select, [contenteditable=""], [contenteditable=true], [role=combobox], [role=option], [role=textbox]'
const STREAMLIT_IS_BUSY = '[data-testid=stDialog], [data-testid=stMainMenuPopover], [data-testid=stPopoverBody]'

// The name of the key that was pressed: 'k', 'Shift+z', 'ArrowLeft'. Caps lock changes nothing,
// and on a keyboard of another alphabet a letter is the one that lies there.
function keyOf(event) {
  let { key } = event
  if (key.length === 1 && key > '~' && /^Key[A-Z]$/.test(event.code)) key = event.code.at(-1)
  return /^[a-z]$/i.test(key) ? (event.shiftKey ? 'Shift+' : '') + key.toLowerCase() : key
}

function keyName(key) {
  const names = { ' ': 'Space', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' }
  return names[key] ?? key.replace('Shift+', '⇧').toUpperCase()
}

// Why a key cannot be chosen; null when it can.
function refusal(key) {
  const letter = key.replace('Shift+', '')
  if (letter === 'c' || letter === 'r') return `${letter.toUpperCase()} is Streamlit's own.`
  if (/^[0-9]$/.test(key)) return 'Digits look closer at a neighbor.'
  if (['Tab', 'Enter', 'Escape'].includes(key)) return `${key} works buttons and panels.`
  if (letter.length > 1 && !/^Arrow(Left|Right)$/.test(key)) return `The browser needs ${key} for itself.`
  return null
}

function isTyping(event) {
  return event.composedPath().some((node) => node.matches?.(FIELDS))
}
const isForOthers = (event) =>
  event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event)
  || document.querySelector(STREAMLIT_IS_BUSY) !== null

// The auditor's own map of keys. `saved` below is what is kept of it: lists of keys by action.
function createKeys() {
  let keys = structuredClone(DEFAULT_KEYS)
  const actionOf = (key) => Object.keys(keys).find((name) => keys[name].includes(key))
  return {
    of: (action) => keys[action],
    // All keys of a verdict's button, where the big button is that of the action `primary`.
    onButton(name, primary = SUGGESTING) {
      const own = keys[name === SUGGESTING ? SUGGESTED : name]
      return name === primary ? [...keys[SUGGESTING], ...own] : own
    },
    // What a key's action comes to there.
    meant(action, primary = SUGGESTING) {
      return action === SUGGESTING ? primary : action === SUGGESTED ? SUGGESTING : action
    },
    action: (event) => actionOf(keyOf(event)),
    get saved() { return keys },
    // What was saved counts where it is of use, each key once; other actions have what is left of
    // their usual keys. A map that would leave an action without a key counts for nothing.
    load(saved) {
      const taken = new Set()
      const usable = (key) => typeof key === 'string' && !refusal(key) && !taken.has(key) && taken.add(key)
      const stored = (name) => saved?.[name] ?? saved?.[EARLIER_NAMES[name]]
      const own = (name) => (Array.isArray(stored(name)) ? stored(name) : []).slice(0, DEFAULT_KEYS[name].length)
      const chosen = Object.fromEntries(Object.keys(ACTIONS).map((name) => [name, own(name).filter(usable)]))
      for (const [name, usual] of Object.entries(DEFAULT_KEYS)) {
        if (!chosen[name].length) chosen[name] = usual.filter(usable)
      }
      keys = Object.values(chosen).every((some) => some.length) ? chosen : structuredClone(DEFAULT_KEYS)
    },
    // Give `action` the `key` in the place of its key number `slot`; returns a message about it.
    set(action, slot, key) {
      const why = refusal(key)
      if (why) return why
      const before = keys[action][slot], other = actionOf(key)
      if (key === before) return `It is ${keyName(key)} already.`
      if (other) keys[other][keys[other].indexOf(key)] = before
      keys[action][slot] = key
      if (!other || other === action) return `${keyName(key)} is set.`
      return `${keyName(key)} is set; “${ACTIONS[other][1]}” has ${keyName(before)} now.`
    },
    reset() { keys = structuredClone(DEFAULT_KEYS) },
  }
}
