// The review desk. The browser shows the next image at once and keeps a numbered queue of
// the auditor's actions; Python answers with what is on disk. Nothing is drawn from names as
// markup: all text goes through textContent.

const REPORT_PLACE_MS = 250
const NOTICE_MS = 3500
const REFUSAL_MS = 9000
const HOLD_MS = 150
// These come next whatever becomes of the queue's order meanwhile.
const READY = 6
const MOST_SKIPPED = 50
const KEPT_HERE = 'Your verdicts are kept in this browser and sent again by themselves.'
// What there is before the first answer.
const NOTHING_YET = { order: [], recent: [], undone: [], role: TERMS.review }
const NEEDS_NO_IMAGE = new Set(['undo', 'redo', 'back', 'help'])

export default lasting(createDesk)

function createDesk(root, component) {
  let { data } = component
  let classes = [], order = [], current = null, requested = null, painted = false
  let held = [], tick = 0, placeTimer, noticeTimer
  let begun = false, trouble = '', visit, lacked
  const refusals = [], visited = [], skipped = [], revealed = new Set(), guests = new Set(), decidedBy = new Map()

  const $ = (selector) => root.querySelector(selector)
  const address = (id, hash, size) => `/api/images/${data.audit}/${id}/${hash}/${size}`
  const shelf = createShelf(address)
  const { cards } = shelf
  const outbox = createOutbox(data.audit, data.logged_in ? data.auditor : null)
  const decisions = createDecisions(outbox, shelf, data.auditor)
  const copies = createCopies(root, { shelf, decisionOf: decisions.of })
  const keys = createKeys()
  const preferences = createPreferences()
  const heart = createHeartbeat(root, outbox, send, {
    hurry: () => Boolean(trouble) || (current === null && data.progress?.elsewhere > 0), changed: drawHeader,
  })
  const pace = createPace(root)
  const stage = createStage(root, shelf, address, onPainted)
  const dialog = createDialog(root, $('.stage'))
  const pickClass = createPicker(dialog)
  $('.verdicts').replaceChildren(...verdictButtons())
  const view = createCardView(root, {
    audit: data.audit, shelf, address, decisionOf: decisions.of, open: look,
    keysMoved: () => drawKeys(root, keys),
  })
  const openNeighbors = createNeighbors(dialog, {
    thumb: view.thumb, address, keys, shelf, decisionOf: decisions.of, openItem, undo, redo,
    decide: (id, ...decision) => { record(id, TERMS.review, ...decision); redraw(); send() },
    pick: ({ card, done }) => pickClass({ card, classes, done }),
  })
  const isHidden = () => Boolean(preferences.get('blind')) && !revealed.has(current) && !decisions.of(current)

  // -- talking to Python -------------------------------------------------------------------

  function send() {
    clearTimeout(placeTimer)
    heart.sent(++tick)
    component.setStateValue('outbox', {
      tick, held: shelf.held([...order, ...data.recent, ...data.undone]),
      actions: outbox.actions, at: requested ?? current, next: order.slice(order.indexOf(current) + 1)
        .filter((id) => cards.has(id) && !decisions.of(id)).slice(0, READY),
      skipped: skipped.slice(-MOST_SKIPPED), preferences: preferences.unsaved,
    })
    drawHeader()
  }

  // A place that is only looked at is no hurry.
  function reportPlace() {
    if (heart.isElsewhere) placeTimer = setTimeout(reportPlace, REPORT_PLACE_MS)
    else send()
  }

  function update(latest) {
    component = latest
    heart.answered(latest.data.tick)
    trouble = latest.data.trouble ?? ''
    const refused = decisions.settle(latest.data.results)
    if (!trouble) take(latest.data, refused)
    else if (!begun) { data = { ...latest.data, ...NOTHING_YET }; drawKeys(root, keys) }
    drawHeader()
    // A server that was started anew has heard of nothing yet.
    const isKnown = visit === undefined || visit === latest.data.visit
    visit = latest.data.visit
    if (!isKnown) send()
  }

  function take(latest, refused) {
    const first = !begun
    begun = true
    data = latest
    classes = data.classes ?? classes
    preferences.load(data.preferences)
    if (keys.load(preferences.get('keys')) || first) drawKeys(root, keys)
    const before = shown()
    const onScreen = cards.get(current)
    const undecided = current !== null && !decisions.of(current)
    shelf.put(data)
    if (undecided && decisions.of(current)) noteWhoDecided(cards.get(current))
    if (data.order.includes(current) || current === null) order = data.order
    if (first) begin()
    else if (requested !== null && data.at === requested) arrive()
    else if (current === null && nextAfter(null)) show(nextAfter(null))
    if (refused.length) refuse(refused)
    // What is decided must be what is seen: a picture or label that was replaced is shown anew.
    const isSame = ['content_hash', 'given'].every((key) => onScreen?.[key] === cards.get(current)?.[key])
    if (onScreen?.id === current && !isSame) show(current)
    else if (shown() !== before) redraw()
    preload()
    askForLacking()
  }

  // Each image whose verdict was refused is shown again as it is now, one after the other.
  function refuse(refused) {
    const reasons = [...new Set(refused.map(({ reason }) => reason))].join(' ')
    const many = refused.length > 1
    notify(`${many ? `${refused.length} verdicts were not saved` : 'Not saved'}: ${reasons}`, REFUSAL_MS)
    for (const id of new Set(refused.map(({ item }) => item))) {
      if (!cards.has(id)) continue
      if (decisions.of(id)) noteWhoDecided(cards.get(id))
      if (!refusals.includes(id)) refusals.push(id)
    }
    if (refusals.length) show(refusals.shift())
  }

  // Cards that Python took to be here are asked for again, once.
  function askForLacking() {
    const lacking = data.order.filter((id) => !cards.has(id)).join()
    if (lacking === lacked || data.tick !== tick) return
    lacked = lacking
    if (lacking) send()
  }

  function begin() {
    takeKeys()
    show(outbox.actions.some((action) => action.item === data.at) ? nextAfter(data.at) : data.at)
    if (outbox.actions.length) send()
  }

  // Everything on the screen that others may change.
  function shown() {
    const card = cards.get(current)
    if (!card) return ''
    const decided = [current, ...shelf.neighborsOf(card)].map(decisions.of)
    return JSON.stringify([current, card.annotations, ...decided.map((one) => one && [one.verdict, one.labels])])
  }

  function noteWhoDecided({ id, auditor }) {
    if (auditor) decidedBy.set(id, auditor === data.auditor ? 'You, in another window,' : auditor)
  }

  // -- moving --------------------------------------------------------------------------------

  function nextAfter(id) {
    const from = order.indexOf(id) + 1
    const coming = [...order.slice(from), ...order.slice(0, from)]
    return coming.find((other) => other !== id && cards.has(other) && !decisions.of(other)) ?? null
  }

  function show(id) {
    if (current !== null && current !== id) visited.push(current)
    current = cards.has(id) ? id : null
    painted = false
    delete $('.desk').dataset.item
    held = []
    $('.desk').toggleAttribute('data-empty', current === null)
    if (current !== null) drawCard(cards.get(current))
    clearTimeout(placeTimer)
    placeTimer = setTimeout(reportPlace, REPORT_PLACE_MS)
  }

  // An item from outside the queue becomes the current one; Back returns.
  function openItem(id) {
    if (!order.includes(id)) guests.add(id)
    if (cards.has(id)) return show(id)
    requested = id
    send()
  }
  function arrive() {
    const id = requested
    requested = null
    if (cards.has(id)) show(id)
    else notify('That image no longer exists.')
  }

  function nextRefusal(from) {
    while (refusals.length) {
      const id = refusals.shift()
      if (id !== from && cards.has(id)) return id
    }
    return null
  }

  function moveOn(from) {
    const later = held
    show(nextRefusal(from) ?? nextAfter(from))
    held = later
    send()
  }

  // -- deciding --------------------------------------------------------------------------------

  function record(...decision) {
    pace.decided()
    decidedBy.delete(decision[0])
    decisions.record(...decision)
  }
  // What is looked up beside the queue is an ordinary review, whatever the queue is.
  const role = () => guests.has(current) ? TERMS.review : data.role
  function decide(verdict, labels) {
    if (!cards.has(current)) return
    if (!painted && !stage.allowsVerdict(verdict)) return notify(unseenText())
    record(current, role(), verdict, labels, copies.decisions(cards.get(current), verdict, labels))
    moveOn(current)
  }
  function relabel(name) {
    if (name === cards.get(current)?.given) decide(TERMS.confirming)
    else decide(TERMS.one, [name])
  }

  function undo() {
    const bulk = data.latest_action?.count > 1 && !decisions.latest(1).length
    if (bulk) return notify(`Your last verdict was on ${counted(data.latest_action.count, 'image')} at once: undo it in Browse.`)
    const undone = decisions.undo(data.recent)
    if (!undone) return notify('Nothing to undo.')
    revealed.add(undone.item)
    if (cards.has(undone.item) && !dialog.isOpen) show(undone.item)
    else redraw()
    send()
    notify(`Undone: ${decidedText(undone)}.`)
  }
  function redo() {
    const again = decisions.redo(data.undone)
    if (!again) return notify('Nothing to redo.')
    if (again.item === current) moveOn(current)
    else { redraw(); send() }
    notify(`Redone: ${decidedText(again)}.`)
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
      done: (names) => { if (current === card.id) many ? decide(TERMS.many, names) : relabel(names[0]) },
    })
  }

  // What an action does, by where the classes of its verdict come from.
  const giving = ({ verdict, labels }) => ({
    suggested: () => ifShown(relabel),
    both: () => ifShown((suggested, given) => { if (given) decide(verdict, [given, suggested]) }),
    one: () => choose(false),
    many: () => choose(true),
  }[labels] ?? (() => decide(verdict)))

  const actions = {
    ...Object.fromEntries(VERDICT_ACTIONS.map((action) => [action.name, giving(action)])),
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
    zoom: () => openPicture(dialog, cards.get(current), address),
    reload: () => { painted = false; stage.reload(); send() },
    neighbors: () => openNeighbors(cards.get(current), isHidden()),
    history: () => component.setTriggerValue('history', current),
    map: () => component.setTriggerValue('map', current),
    help: () => openSettings(dialog, keys, preferences, () => { drawKeys(root, keys); redraw(); send() }),
  }

  function act(name) {
    if (NEEDS_NO_IMAGE.has(name)) return actions[name]()
    if (current === null) return
    // A verdict may only fall on an image that has been on the screen: a key pressed a moment
    // before is held until then, and one that would have to wait longer is refused aloud.
    if (painted || stage.allows(name)) return actions[name]()
    if (stage.problem) return notify(unseenText())
    const press = { name }
    held.push(press)
    setTimeout(() => {
      if (held.includes(press)) notify(unseenText())
      held = held.filter((other) => other !== press)
    }, HOLD_MS)
  }
  const unseenText = () => `${stage.problem ?? 'The image is still loading.'} Nothing was decided.`
  // The key of the big button does what that button says.
  function press(name) {
    const { primary } = cards.get(current) ?? {}
    act(keys.meant(name, isHidden() ? undefined : primary))
  }
  function look(...at) {
    if (painted) openNeighbors(cards.get(current), isHidden(), ...at)
  }

  function onPainted(id) {
    if (id !== current) return
    painted = true
    $('.desk').dataset.item = id
    const press = held.shift()
    if (press) actions[press.name]()
  }

  // -- drawing -----------------------------------------------------------------------------------

  function drawCard(card) {
    stage.show(card)
    redraw()
  }

  function redraw() {
    const card = cards.get(current)
    if (!card) return
    view.draw(card, isHidden())
    view.drawDecided(card, decidedBy.get(current))
    copies.draw(card, role() === TERMS.review && !isHidden())
    view.drawAnnotations(card, decide)
  }

  function drawHeader() {
    const sentence = trouble || (heart.isSilent() ? 'The server does not answer.' : '')
    $('.trouble').textContent = sentence && `${sentence} ${KEPT_HERE}`
    if (!begun) return
    $('.role').textContent = TERMS.roles[data.role]
    $('.role').hidden = !TERMS.roles[data.role]
    $('.left-over').textContent = outbox.left.map(([name, count]) => `${counted(count, 'action')} of ${name}, not saved yet,`
      + ` will be saved when ${name} logs in with this browser.`).join(' ')
    $('.left-over').hidden = !outbox.left.length
    pace.draw(data, decisions.ahead(), outbox.actions.length)
    drawEnd(root, current === null, Boolean(trouble), data.progress)
  }

  function preload() {
    const from = Math.max(0, order.indexOf(current))
    const coming = order.slice(from, from + PICTURES_AHEAD).filter((id) => cards.has(id))
    shelf.preload(coming)
    const near = new Set([...coming, ...visited.slice(-8), ...decisions.latest(8), current])
    shelf.forget(new Set([...order, ...data.recent, ...visited.slice(-50), ...decisions.latest(50), ...refusals, current]), near)
  }

  function notify(text, forMs = NOTICE_MS) {
    $('.notice').textContent = text
    clearTimeout(noticeTimer)
    noticeTimer = setTimeout(() => { $('.notice').textContent = '' }, forMs)
  }

  const stopListening = listen(root, { keys, dialog, act, press, look: (number) => look(0, number), active: heart.active })

  return {
    update,
    close() {
      clearTimeout(placeTimer)
      clearTimeout(noticeTimer)
      heart.stop()
      stopListening()
    },
  }
}
