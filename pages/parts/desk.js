// The review desk. The browser shows the next image at once and keeps a numbered queue of
// what the person did; Python answers with what is on disk. Nothing is drawn from names as
// markup: all text goes through textContent.

const SEND_AGAIN_MS = 3000
const REPORT_PLACE_MS = 250
const NOTICE_MS = 3500
const HOLD_MS = 150
const PICTURES_AHEAD = 24
const STRIPS_AHEAD = 3
// These come next whatever becomes of the queue's order meanwhile.
const READY = 6
const MOST_SKIPPED = 50
const KEYS = {
  ' ': 'accept', k: 'keep', '/': 'another', b: 'both', n: 'none', x: 'bad', u: 'unsure',
  z: 'undo', e: 'zoom', s: 'skip', ArrowRight: 'skip', ArrowLeft: 'back', '?': 'help',
}
const DECIDED = {
  keep: 'kept', relabel: 'relabelled', ambiguous: 'both fit', none: 'none fits',
  'bad image': 'bad image', unsure: 'unsure',
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
  const cards = new Map()
  const pictures = new Map()
  const images = new Map()
  const visited = []
  const mine = []
  const skipped = []
  let component, data, outbox, order = [], current = null, painted = false
  let held = [], tick = 0, sentAt = 0, placeTimer, noticeTimer, startedAt = null, done = 0

  const address = (id, hash, size) => `/api/images/${data.audit}/${id}/${hash}/${size}`
  const panels = createPanels(root, address, () => $('.stage').focus({ preventScroll: true }))
  const verdictOf = (id) => {
    const action = outbox.pending(id)
    if (action) return action.verdict === 'undo' ? null : action.verdict
    return cards.get(id)?.verdict ?? null
  }

  // -- talking to Python -------------------------------------------------------------------

  function send() {
    clearTimeout(placeTimer)
    sentAt = Date.now()
    component.setStateValue('outbox', {
      actions: outbox.actions, at: current, next: order.slice(order.indexOf(current) + 1)
        .filter((id) => cards.has(id) && !verdictOf(id)).slice(0, READY),
      skipped: skipped.slice(-MOST_SKIPPED), tick: ++tick,
    })
  }

  function update(latest) {
    const first = !component
    component = latest
    data = latest.data
    outbox ??= createOutbox(data.audit)
    const refused = []
    for (const result of data.results) {
      const sent = outbox.actions.find((a) => a.session === result.session && a.seq === result.seq)
      if (!sent) continue
      // The window that comes with the answer need not hold the item any more.
      const card = cards.get(sent.item)
      if (result.ok && card) card.verdict = sent.verdict === 'undo' ? null : sent.verdict
      if (result.ok || !result.retry) outbox.settle(result)
      if (!result.ok) refused.push(result)
    }
    for (const [id, card] of Object.entries(data.cards)) cards.set(id, card)
    for (const [id, picture] of Object.entries(data.pictures)) pictures.set(id, picture)
    if (data.order.includes(current) || current === null) order = data.order
    if (first) {
      show(outbox.actions.some((a) => a.item === data.at) ? nextAfter(data.at) : data.at)
      if (outbox.actions.length) send()
    } else if (current === null && nextAfter(null)) show(nextAfter(null))
    for (const result of refused) {
      notify(`Not saved: ${result.reason}`)
      if (!result.retry && cards.has(result.item)) show(result.item)
    }
    drawHeader()
    preload()
  }

  const resend = setInterval(() => {
    if (outbox?.actions.length && Date.now() - sentAt > SEND_AGAIN_MS) send()
  }, 1000)

  // -- moving --------------------------------------------------------------------------------

  function nextAfter(id) {
    const from = order.indexOf(id) + 1
    const coming = [...order.slice(from), ...order.slice(0, from)]
    return coming.find((other) => other !== id && cards.has(other) && !verdictOf(other)) ?? null
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

  // -- deciding --------------------------------------------------------------------------------

  function decide(verdict, labels = []) {
    const card = cards.get(current)
    if (!card) return
    startedAt ??= Date.now()
    done += 1
    mine.push(current)
    outbox.add({
      item: current, verdict, labels, content_hash: card.content_hash, auditor: data.auditor,
    })
    const later = held
    show(nextAfter(current))
    held = later
    send()
    drawHeader()
  }

  function relabel(name) {
    if (name === cards.get(current)?.given) decide('keep')
    else decide('relabel', [name])
  }

  function undo() {
    const judged = (id) => verdictOf(id) !== null
    const item = mine.findLast(judged) ?? data.recent.find((id) => judged(id) && cards.has(id))
    if (!item) return notify('There is nothing to undo.')
    mine.splice(mine.lastIndexOf(item), mine.includes(item) ? 1 : 0)
    outbox.add({ item, verdict: 'undo', labels: [], auditor: data.auditor })
    done = Math.max(0, done - 1)
    show(item)
    send()
    drawHeader()
    notify('Taken back.')
  }

  const actions = {
    accept: () => { const s = cards.get(current)?.suggested; if (s) relabel(s) },
    keep: () => decide('keep'),
    both: () => {
      const { given, suggested } = cards.get(current)
      if (given && suggested) decide('ambiguous', [given, suggested])
    },
    none: () => decide('none'),
    bad: () => decide('bad image'),
    unsure: () => decide('unsure'),
    another: () => panels.picker(cards.get(current), data.classes, relabel),
    undo,
    skip: () => {
      const next = nextAfter(current)
      if (!next) return notify('This is the last one.')
      skipped.push(current)
      show(next)
    },
    back: () => {
      const before = visited.pop()
      if (!before) return notify('This is the first one.')
      show(before)
      visited.pop()
    },
    zoom: () => panels.picture(current, cards.get(current)),
    help: panels.help,
  }
  const needsImage = new Set(['accept', 'keep', 'both', 'none', 'bad', 'unsure', 'another', 'skip', 'zoom'])

  function act(name) {
    if (!needsImage.has(name)) return actions[name]()
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

  function picture({ id, content_hash: hash, fields }) {
    if (!images.has(id) && fields) images.set(id, { element: words(cards.get(id)), ready: true, loaded: Promise.resolve() })
    if (!images.has(id)) {
      const element = new Image()
      element.fetchPriority = 'high'
      const entry = { element, ready: false }
      element.src = address(id, hash, 'full')
      entry.loaded = element.decode().catch(() => {}).then(() => { entry.ready = true })
      images.set(id, entry)
    }
    return images.get(id)
  }

  function drawCard(card) {
    const { element, loaded } = picture(card)
    element.alt = `Image ${card.path}, labelled ${card.given}`
    const place = () => {
      if (card.id !== current) return
      $('.frame').replaceChildren(element)
      requestAnimationFrame(() => requestAnimationFrame(() => onPainted(card.id)))
    }
    if (images.get(card.id).ready) place()
    else { $('.frame').replaceChildren(); loaded.then(place) }

    const verdict = verdictOf(card.id)
    $('.path').textContent = card.path
    $('.path').href = `${location.pathname}?item=${card.id}`
    $('.decided').textContent = verdict ? `already decided: ${DECIDED[verdict]}`
      : card.outdated ? `another image when it was decided: ${DECIDED[card.outdated]}`
      : card.fields ? '' : card.note ?? ''
    $('.given').textContent = card.given ?? 'no label'
    $('.suggested').textContent = card.suggested ?? '–'
    $('.given-name').textContent = card.given ?? ''
    for (const [name, p] of [['given', card.p_given], ['suggested', card.p_suggested]]) {
      $(`.p-${name}`).textContent = p == null ? '' : percent(p)
      $(`.m-${name}`).style.width = `${100 * (p ?? 0)}%`
    }
    $('[data-do=accept] span').textContent = card.suggested ? `It is ${card.suggested}` : 'No suggestion'
    $('[data-do=accept]').disabled = $('[data-do=both]').disabled = !card.suggested
    $('[data-do=keep] span').textContent = `Keep ${card.given ?? 'as it is'}`
    $('.why').replaceChildren(...reason(card))
    drawStrip($('.neighbours .row'), card.neighbours, card)
    drawStrip($('.peers .row'), card.peers, card)
    $('.peers').hidden = !card.peers.length
  }

  function drawStrip(row, pairs, card) {
    row.replaceChildren(...pairs.map(([id, similarity]) => {
      const shown = pictures.get(id)
      const button = document.createElement('button')
      button.className = 'thumb'
      if (shown.given === card.given) button.classList.add('agrees')
      else if (shown.given === card.suggested) button.classList.add('suggests')
      const image = shown.fields ? words(shown) : document.createElement('img')
      if (!shown.fields) {
        image.fetchPriority = 'low'
        image.src = address(id, shown.content_hash, 'thumb')
        image.alt = `labelled ${shown.given}`
      }
      const caption = document.createElement('small')
      caption.append(span(shown.given ?? 'no label'), span(Math.max(0, similarity).toFixed(2).replace('0.', '.')))
      button.title = `${shown.given}, ${shown.path}`
      button.append(image, caption)
      button.onclick = () => panels.picture(id, shown)
      return button
    }))
  }

  function drawHeader() {
    const { judged, total, wrong } = data.progress
    // What Python has not counted yet, because it is still on its way.
    const onTheWay = new Map(outbox.actions.map((a) => [a.item, a.verdict !== 'undo']))
    let extra = 0
    for (const [id, decided] of onTheWay) {
      if (decided !== Boolean(cards.get(id)?.verdict)) extra += decided ? 1 : -1
    }
    const seen = Math.max(0, Math.min(total, judged + extra))
    $('.title').textContent = data.title
    $('.bar i').style.width = `${total ? (100 * seen) / total : 0}%`
    const words = [`${seen.toLocaleString()} of ${total.toLocaleString()}`]
    if (judged >= 5) words.push(`${percent(wrong / judged)} were wrong so far`)
    if (done >= 5 && seen < total) words.push(`${duration((Date.now() - startedAt) / done * (total - seen))} left`)
    $('.pace').textContent = words.join(' · ')
    const waiting = outbox.actions.length
    $('.saved').textContent = waiting ? `${waiting} saving …` : 'saved'
    $('.saved').classList.toggle('waiting', waiting > 0)
  }

  function preload() {
    const from = Math.max(0, order.indexOf(current))
    const coming = order.slice(from, from + PICTURES_AHEAD).filter((id) => cards.has(id))
    for (const id of coming) picture(cards.get(id))
    // The strips wait for the images: a key press needs the next image, not its neighbours.
    Promise.all(coming.map((id) => images.get(id).loaded)).then(() => {
      for (const id of coming.slice(1, 1 + STRIPS_AHEAD).filter((id) => cards.has(id))) {
        const { neighbours, peers } = cards.get(id)
        for (const [other] of [...neighbours, ...peers]) {
          const shown = pictures.get(other)
          if (shown && !shown.fields) new Image().src = address(other, shown.content_hash, 'thumb')
        }
      }
    })
    const kept = new Set([...coming, ...visited.slice(-8), ...mine.slice(-8), current])
    for (const id of images.keys()) if (!kept.has(id)) images.delete(id)
    forgetCards()
  }

  function forgetCards() {
    const kept = new Set([...order, ...data.recent, ...visited.slice(-50), ...mine.slice(-50), current])
    for (const id of cards.keys()) if (!kept.has(id)) cards.delete(id)
    const shown = new Set()
    for (const { neighbours, peers } of cards.values()) {
      for (const [id] of [...neighbours, ...peers]) shown.add(id)
    }
    for (const id of pictures.keys()) if (!shown.has(id)) pictures.delete(id)
  }

  function notify(text) {
    $('.notice').textContent = text
    clearTimeout(noticeTimer)
    noticeTimer = setTimeout(() => { $('.notice').textContent = '' }, NOTICE_MS)
  }

  // -- keys ----------------------------------------------------------------------------------------

  function onKey(event) {
    if (event.key === 'Escape' && panels.isOpen) { event.stopPropagation(); return panels.close() }
    const target = event.composedPath()[0]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (target.matches?.('input, textarea, select, [contenteditable], [role=combobox], [role=option]')) return
    if (panels.isOpen) {
      if (event.key === 'e' || event.key === '?') panels.close()
      return
    }
    // Enter and Space belong to a button that somebody has moved the focus to.
    if ((event.key === ' ' || event.key === 'Enter') && target.matches?.('button')) return
    const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0
    const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!name && !digit) return
    event.preventDefault()
    event.stopPropagation()
    if (event.repeat) return
    if (name) return act(name)
    const pair = cards.get(current)?.neighbours[digit - 1]
    if (pair) panels.picture(pair[0], pictures.get(pair[0]))
  }
  const onLeave = (event) => { if (outbox?.actions.length) event.preventDefault() }
  document.addEventListener('keydown', onKey, true)
  window.addEventListener('beforeunload', onLeave)
  for (const button of root.querySelectorAll('[data-do]')) {
    button.onclick = (event) => {
      act(button.dataset.do)
      // After a click of the mouse, Space means the suggestion again, not this button.
      if (event.detail && !panels.isOpen) $('.stage').focus({ preventScroll: true })
    }
  }

  return {
    update,
    close() {
      clearInterval(resend)
      clearTimeout(placeTimer)
      clearTimeout(noticeTimer)
      document.removeEventListener('keydown', onKey, true)
      window.removeEventListener('beforeunload', onLeave)
    },
  }
}
