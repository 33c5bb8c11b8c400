// The review desk. The browser shows the next image at once and keeps a numbered queue of
// what the person did; Python answers with what is on disk. Nothing is drawn from names as
// markup: all text goes through textContent.

const SEND_AGAIN_MS = 3000
const HEARTBEAT_MS = 20_000
const ASLEEP_MS = 600_000
const REPORT_PLACE_MS = 250
const NOTICE_MS = 3500
const REFUSAL_MS = 9000
const HOLD_MS = 150
// These come next whatever becomes of the queue's order meanwhile.
const READY = 6
const MOST_SKIPPED = 50
const NEEDS_IMAGE = new Set([
  'accept', 'keep', 'both', 'several', 'none', 'bad', 'unsure', 'another', 'skip', 'zoom', 'neighbours', 'show',
])
const ROLES = {
  second: 'Second look: somebody has judged these before; you do not see how.',
  adjudication: 'People disagree about these. What you decide here settles it.',
}

export default function (component) {
  const root = component.parentElement
  root.desk ??= createDesk(root)
  root.desk.update(component)
  return () => { root.desk.close(); delete root.desk }
}

function createDesk(root) {
  const $ = (selector) => root.querySelector(selector)
  const desk = $('.desk')
  const address = (id, hash, size) => `/api/images/${data.audit}/${id}/${hash}/${size}`
  const shelf = createShelf(address)
  const { cards, pictures } = shelf
  const keys = createKeys()
  const preferences = createPreferences()
  const pace = createPace(root)
  const dialog = createDialog(root, $('.stage'))
  const pickClass = createPicker(dialog)
  const visited = [], skipped = []
  const mine = [], undone = []
  const revealed = new Set()
  const decidedBy = new Map()
  let component, data, outbox, classes = [], order = [], current = null, wanted = null, painted = false
  let held = [], tick = 0, sentAt = 0, activeAt = Date.now(), placeTimer, noticeTimer

  function decisionOf(id) {
    const action = outbox.pending(id)
    if (action) return decisionAfter(action)
    const known = cards.get(id) ?? pictures.get(id)
    return known?.verdict ? known : null
  }
  const isHidden = () => Boolean(preferences.get('blind')) && !revealed.has(current) && !decisionOf(current)

  const view = createCardView(root, { shelf, address, decisionOf, open: (...at) => openNeighbours(cards.get(current), isHidden(), ...at) })
  const openNeighbours = createNeighbours(dialog, {
    thumb: view.thumb, address, keys, shelf, decisionOf, openItem, undo, redo,
    decide: (id, ...decision) => { record(id, ...decision); send(); drawHeader(); view.drawStrips(cards.get(current), isHidden()) },
    pick: ({ card, done }) => pickClass({ card, classes, done }),
  })

  // -- talking to Python -------------------------------------------------------------------

  function send() {
    clearTimeout(placeTimer)
    sentAt = Date.now()
    component.setStateValue('outbox', {
      actions: outbox.actions, at: wanted ?? current, next: order.slice(order.indexOf(current) + 1)
        .filter((id) => cards.has(id) && !decisionOf(id)).slice(0, READY),
      skipped: skipped.slice(-MOST_SKIPPED), preferences: preferences.unsaved, tick: ++tick,
    })
  }

  function update(latest) {
    const first = !component
    component = latest
    data = latest.data
    classes = data.classes ?? classes
    outbox ??= createOutbox(data.audit)
    preferences.load(data.preferences)
    keys.load(preferences.get('keys'))
    const refused = settle(data.results)
    const before = first ? '' : shown()
    const undecided = !first && current !== null && !decisionOf(current)
    shelf.put(data)
    if (undecided && decisionOf(current)) toldElsewhere()
    if (data.order.includes(current) || current === null) order = data.order
    if (first) {
      drawKeys()
      show(outbox.actions.some((a) => a.item === data.at) ? nextAfter(data.at) : data.at)
      if (outbox.actions.length) send()
    } else if (wanted !== null && data.at === wanted) arrive()
    else if (current === null && nextAfter(null)) show(nextAfter(null))
    for (const result of refused) {
      notify(`Not saved: ${result.reason}`, REFUSAL_MS)
      if (!result.retry && cards.has(result.item)) show(result.item)
    }
    if (current !== null && shown() !== before) redraw()
    drawHeader()
    preload()
  }

  // Takes note of what is on disk; returns the answers that say no.
  function settle(results) {
    const refused = []
    for (const result of results) {
      const sent = outbox.find(result)
      if (!sent) continue
      if (result.ok) {
        const { verdict = null, labels = [] } = decisionAfter(sent) ?? {}
        // The window that comes with the answer need not hold the item any more.
        for (const known of [cards.get(sent.item), pictures.get(sent.item)]) {
          if (known) Object.assign(known, { verdict, labels, auditor: sent.auditor })
        }
      } else refused.push(result)
      if (result.ok || !result.retry) outbox.settle(result)
    }
    return refused
  }

  // Everything on the screen that others may change.
  function shown() {
    const card = cards.get(current)
    if (!card) return ''
    const others = [...card.neighbours, ...card.peers].map(([id]) => decisionOf(id))
    return JSON.stringify([card.said ?? null, ...[decisionOf(current), ...others].map((d) => d && [d.verdict, d.labels])])
  }

  function toldElsewhere() {
    const { auditor } = cards.get(current)
    if (auditor) decidedBy.set(current, auditor === data.auditor ? 'You, in another window,' : auditor)
  }

  const beat = setInterval(() => {
    const since = Date.now() - sentAt
    if (outbox?.actions.length ? since > SEND_AGAIN_MS : since > HEARTBEAT_MS && isAwake()) send()
  }, 1000)
  const isAwake = () => component && !document.hidden && Date.now() - activeAt < ASLEEP_MS
  const onVisible = () => { if (isAwake()) send() }

  // -- moving --------------------------------------------------------------------------------

  function nextAfter(id) {
    const from = order.indexOf(id) + 1
    const coming = [...order.slice(from), ...order.slice(0, from)]
    return coming.find((other) => other !== id && cards.has(other) && !decisionOf(other)) ?? null
  }

  function show(id) {
    if (current !== null && current !== id) visited.push(current)
    current = cards.has(id) ? id : null
    painted = false
    held = []
    desk.toggleAttribute('data-empty', current === null)
    $('.end').hidden = current !== null
    if (current !== null) drawCard(cards.get(current))
    clearTimeout(placeTimer)
    placeTimer = setTimeout(send, REPORT_PLACE_MS)
  }

  // An item from outside the queue becomes the current one; Back returns.
  function openItem(id) {
    if (cards.has(id)) return show(id)
    wanted = id
    send()
  }
  function arrive() {
    const id = wanted
    wanted = null
    if (cards.has(id)) show(id)
    else notify('That image is not there any more.')
  }

  // -- deciding --------------------------------------------------------------------------------

  function record(id, verdict, labels = []) {
    const { content_hash, seen } = cards.get(id) ?? pictures.get(id)
    pace.decided()
    mine.push(id)
    undone.length = 0
    outbox.add({ item: id, verdict, labels, content_hash, seen, role: data.role, auditor: data.auditor })
  }

  function decide(verdict, labels = []) {
    if (!cards.has(current)) return
    record(current, verdict, labels)
    moveOn(current)
  }

  function moveOn(from) {
    const later = held
    show(nextAfter(from))
    held = later
    send()
    drawHeader()
  }

  function relabel(name) {
    if (name === cards.get(current)?.given) decide('keep')
    else decide('relabel', [name])
  }

  function undo() {
    const judged = (id) => decisionOf(id) !== null
    const item = mine.findLast(judged) ?? data.recent.find((id) => judged(id) && cards.has(id))
    if (!item) return notify('There is nothing to undo.')
    if (mine.includes(item)) mine.splice(mine.lastIndexOf(item), 1)
    const { verdict, labels } = decisionOf(item)
    undone.push({ item, verdict, labels })
    outbox.add({ item, verdict: 'undo', labels: [], role: data.role, auditor: data.auditor })
    revealed.add(item)
    if (cards.has(item) && !dialog.isOpen) show(item)
    else redraw()
    send()
    drawHeader()
    notify(`Taken back: ${decidedText({ verdict, labels })}.`)
  }

  function redo() {
    const again = undone.pop()
    if (!again) return notify('There is nothing to do again.')
    const { item, verdict, labels } = again
    mine.push(item)
    outbox.add({ item, verdict: 'redo', labels: [], again: { verdict, labels }, role: data.role, auditor: data.auditor })
    if (item === current) moveOn(item)
    else { redraw(); send(); drawHeader() }
    notify(`Given again: ${decidedText(again)}.`)
  }

  function reveal() {
    revealed.add(current)
    redraw()
  }

  function ifShown(then) {
    if (isHidden()) return reveal()
    const { given, suggested } = cards.get(current)
    if (suggested) then(suggested, given)
  }

  function choose(many) {
    const card = cards.get(current)
    pickClass({
      card, classes, many, hidden: isHidden(),
      done: (names) => { if (current === card.id) many ? decide('ambiguous', names) : relabel(names[0]) },
    })
  }

  const actions = {
    accept: () => ifShown(relabel),
    keep: () => decide('keep'),
    both: () => ifShown((suggested, given) => { if (given) decide('ambiguous', [given, suggested]) }),
    several: () => choose(true),
    none: () => decide('none'),
    bad: () => decide('bad image'),
    unsure: () => decide('unsure'),
    another: () => choose(false),
    show: reveal,
    undo,
    redo,
    skip: () => {
      const next = nextAfter(current)
      if (!next) return notify('This is the last one.')
      skipped.push(current)
      show(next)
    },
    back: () => {
      let before = visited.pop()
      while (before && !cards.has(before)) before = visited.pop()
      if (!before) return notify('This is the first one.')
      show(before)
      visited.pop()
    },
    zoom: () => {
      const card = cards.get(current)
      openPicture(dialog, card, address(card.id, card.content_hash, 'full'))
    },
    neighbours: () => openNeighbours(cards.get(current), isHidden()),
    help: () => openSettings(dialog, keys, preferences, () => { drawKeys(); if (current !== null) redraw(); send() }),
  }

  function act(name) {
    if (!NEEDS_IMAGE.has(name)) return actions[name]()
    if (current === null) return
    // A verdict may only fall on an image that has been on the screen: a key pressed a moment
    // before is held until then, and one that would have to wait longer is refused aloud.
    if (painted) return actions[name]()
    const press = { name }
    held.push(press)
    setTimeout(() => {
      if (held.includes(press)) notify('The image is still loading; nothing was decided.')
      held = held.filter((other) => other !== press)
    }, HOLD_MS)
  }

  function onPainted(id) {
    if (id !== current) return
    painted = true
    desk.dataset.item = id
    const press = held.shift()
    if (press) actions[press.name]()
  }

  // -- drawing -----------------------------------------------------------------------------------

  function drawCard(card) {
    const { element, ready, loaded } = shelf.image(card)
    const place = () => {
      if (card.id !== current) return
      $('.frame').replaceChildren(element)
      requestAnimationFrame(() => requestAnimationFrame(() => onPainted(card.id)))
    }
    if (ready) place()
    else { $('.frame').replaceChildren(); loaded.then(place) }
    redraw()
  }

  function redraw() {
    const card = cards.get(current)
    if (!card) return
    view.draw(card, isHidden())
    view.drawDecided(card, decidedBy.get(current))
    drawSaid(card)
  }

  // Who said what, to settle it: each word is a button that decides so.
  function drawSaid({ said = [] }) {
    $('.said').hidden = !said.length
    $('.said').replaceChildren(...said.map(({ auditor, verdict, labels }) => {
      const text = verdict === 'relabel' ? labels[0] : verdict === 'ambiguous' ? labels.join(' or ') : DECIDE[verdict]
      return make('button', { onclick: () => decide(verdict, verdict === 'keep' ? [] : labels) }, make('em', { textContent: auditor }), span(text))
    }))
  }

  function drawHeader() {
    $('.role').textContent = ROLES[data.role] ?? ''
    $('.role').hidden = !ROLES[data.role]
    // What Python has not counted yet, because it is still on its way.
    const onTheWay = new Set(outbox.actions.map((a) => a.item).filter((id) => cards.has(id)))
    let extra = 0
    for (const id of onTheWay) extra += Boolean(decisionOf(id)) - Boolean(cards.get(id).verdict)
    pace.draw(data, extra, outbox.actions.length)
  }

  function drawKeys() {
    for (const button of root.querySelectorAll('[data-do]')) {
      const own = keys.of(button.dataset.do) ?? []
      for (const key of button.querySelectorAll('kbd')) key.remove()
      const shown = button.closest('footer') ? own.slice(0, 1) : own.slice(0, 2)
      button.append(...shown.filter((key) => !key.startsWith('Shift+')).map((key) => make('kbd', { textContent: keyName(key) })))
      button.title = own.length ? `${ACTIONS[button.dataset.do][1]}: ${own.map(keyName).join(' or ')}` : ''
    }
    $('.undo-key').textContent = keyName(keys.of('undo')[0])
  }

  function preload() {
    const from = Math.max(0, order.indexOf(current))
    const coming = order.slice(from, from + PICTURES_AHEAD).filter((id) => cards.has(id))
    shelf.preload(coming)
    const near = new Set([...coming, ...visited.slice(-8), ...mine.slice(-8), current])
    shelf.forget(new Set([...order, ...data.recent, ...visited.slice(-50), ...mine.slice(-50), current]), near)
  }

  function notify(text, forMs = NOTICE_MS) {
    $('.notice').textContent = text
    clearTimeout(noticeTimer)
    noticeTimer = setTimeout(() => { $('.notice').textContent = '' }, forMs)
  }

  // -- keys ----------------------------------------------------------------------------------------

  function onKey(event) {
    activeAt = Date.now()
    if (isForOthers(event)) return
    // Enter and Space belong to a button that somebody has moved the focus to.
    if ((event.key === ' ' || event.key === 'Enter') && event.composedPath()[0].matches?.('button, a')) return
    const name = keys.action(event)
    const digit = /^[1-9]$/.test(event.key)
    if (dialog.isOpen) {
      if (!dialog.takes(event)) {
        if (['zoom', 'help', 'neighbours'].includes(name)) dialog.close()
        else return
      }
    } else if (!name && !digit) return
    else if (!event.repeat) {
      if (name) act(name)
      else if (painted) openNeighbours(cards.get(current), isHidden(), 0, event.key - 1)
    }
    event.preventDefault()
    event.stopPropagation()
  }
  const onLeave = (event) => { if (outbox?.actions.length) event.preventDefault() }
  document.addEventListener('keydown', onKey, true)
  document.addEventListener('visibilitychange', onVisible)
  window.addEventListener('beforeunload', onLeave)
  root.addEventListener('pointerdown', () => { activeAt = Date.now() })
  $('.frame').onclick = () => act('zoom')
  for (const button of root.querySelectorAll('[data-do]')) {
    button.onclick = (event) => {
      act(button.dataset.do)
      // After a click of the mouse, Space means the suggestion again, not this button.
      if (event.detail && !dialog.isOpen) $('.stage').focus({ preventScroll: true })
    }
  }

  return {
    update,
    close() {
      clearInterval(beat)
      clearTimeout(placeTimer)
      clearTimeout(noticeTimer)
      document.removeEventListener('keydown', onKey, true)
      document.removeEventListener('visibilitychange', onVisible)
      window.removeEventListener('beforeunload', onLeave)
    },
  }
}
