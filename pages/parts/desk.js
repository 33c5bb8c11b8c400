// The review desk. The browser shows the next image at once and keeps a numbered queue of
// what the person did; Python answers with what is on disk. Nothing is drawn from names as
// markup: all text goes through textContent.

const SEND_AGAIN_MS = 3000
const REPORT_PLACE_MS = 250
const NOTICE_MS = 3500
const HOLD_MS = 150
const PICTURES_AHEAD = 24
const STRIPS_AHEAD = 3
const KEYS = {
  ' ': 'accept', k: 'keep', '/': 'another', b: 'both', n: 'none', x: 'bad', u: 'unsure',
  z: 'undo', e: 'zoom', s: 'skip', ArrowRight: 'skip', ArrowLeft: 'back', '?': 'help',
}
const KEY_HELP = [
  ['Space', 'It is the suggested class'], ['K', 'Keep the given label'],
  ['/', 'Another class: type a few letters'], ['B', 'Both labels fit'], ['N', 'No class fits'],
  ['X', 'Bad image'], ['U', 'Unsure'], ['Z', 'Undo the last verdict'],
  ['→ or S', 'Skip for now'], ['←', 'Back to the one before'], ['E', 'Zoom'],
  ['1 – 9', 'Look closer at a neighbour'], ['?', 'These keys'], ['Esc', 'Close'],
]
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

// What was done and is not yet known to be on disk; survives a reload in localStorage.
function createOutbox(audit) {
  const prefix = `second-look:${audit}:`
  const session = [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, '0')).join('')
  let next = 0
  let actions = []
  const keep = () => {
    const own = actions.filter((action) => action.session === session)
    if (own.length) localStorage.setItem(prefix + session, JSON.stringify(own))
    else localStorage.removeItem(prefix + session)
  }
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(prefix))) {
    try { actions.push(...JSON.parse(localStorage.getItem(key))) } catch { localStorage.removeItem(key) }
  }
  return {
    add(action) { actions.push({ ...action, session, seq: next++ }); keep() },
    settle(result) {
      actions = actions.filter((a) => a.session !== result.session || a.seq !== result.seq)
      if (result.session === session) return keep()
      const key = prefix + result.session
      const left = JSON.parse(localStorage.getItem(key) ?? '[]').filter((a) => a.seq !== result.seq)
      if (left.length) localStorage.setItem(key, JSON.stringify(left))
      else localStorage.removeItem(key)
    },
    get actions() { return actions },
    // The last word on an item that is still on its way: an action, or undefined.
    pending(item) { return actions.findLast((action) => action.item === item) },
  }
}

function createDesk(root) {
  const $ = (selector) => root.querySelector(selector)
  const desk = $('.desk')
  const cards = new Map()
  const pictures = new Map()
  const images = new Map()
  const visited = []
  const mine = []
  const recentClasses = []
  let component, data, outbox, order = [], current = null, painted = false
  let held = [], tick = 0, sentAt = 0, placeTimer, noticeTimer, startedAt = null, done = 0

  const address = (id, hash, size) => `/api/images/${data.audit}/${id}/${hash}/${size}`
  const verdictOf = (id) => {
    const action = outbox.pending(id)
    if (action) return action.verdict === 'undo' ? null : action.verdict
    return cards.get(id)?.verdict ?? null
  }

  // -- talking to Python -------------------------------------------------------------------

  function send() {
    clearTimeout(placeTimer)
    sentAt = Date.now()
    component.setStateValue('outbox', { actions: outbox.actions, at: current, tick: ++tick })
  }

  function update(latest) {
    const first = !component
    component = latest
    data = latest.data
    outbox ??= createOutbox(data.audit)
    const refused = []
    for (const result of data.results) {
      if (!outbox.actions.some((a) => a.session === result.session && a.seq === result.seq)) continue
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
    another: openPicker,
    undo,
    skip: () => { const next = nextAfter(current); if (next) show(next); else notify('This is the last one.') },
    back: () => {
      const before = visited.pop()
      if (!before) return notify('This is the first one.')
      show(before)
      visited.pop()
    },
    zoom: () => openPicture(current, cards.get(current)),
    help: openHelp,
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

  function picture(id, hash) {
    if (!images.has(id)) {
      const element = new Image()
      element.fetchPriority = 'high'
      const entry = { element, ready: false }
      element.src = address(id, hash, 'full')
      entry.loaded = element.decode().catch(() => { entry.broken = true }).then(() => { entry.ready = true })
      images.set(id, entry)
    }
    return images.get(id)
  }

  function drawCard(card) {
    const { element, loaded } = picture(card.id, card.content_hash)
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
    $('.decided').textContent = verdict ? `already decided: ${DECIDED[verdict]}` : ''
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
      const image = document.createElement('img')
      image.fetchPriority = 'low'
      image.src = address(id, shown.content_hash, 'thumb')
      image.alt = `labelled ${shown.given}`
      const caption = document.createElement('small')
      caption.append(span(shown.given ?? 'no label'), span(Math.max(0, similarity).toFixed(2).replace('0.', '.')))
      button.title = `${shown.given}, ${shown.path}`
      button.append(image, caption)
      button.onclick = () => openPicture(id, shown)
      return button
    }))
  }

  function reason({ why, given, suggested }) {
    const [label, votes] = Object.entries(why.votes).sort((a, b) => b[1] - a[1])[0] ?? []
    const parts = []
    if (label) {
      parts.push(`${votes} of its ${why.nearest} nearest are `, bold(label), label === given ? ' too. ' : '. ')
    }
    if (suggested && label !== suggested) {
      parts.push(`${why.votes[suggested] ?? 'None'} ${why.votes[suggested] === 1 ? 'is' : 'are'} `, bold(suggested), '. ')
    }
    if (why.count > 1) {
      const few = why.rank <= why.count / 5 ? 'Only ' : ''
      parts.push(`${few}${why.rank} of ${why.count} `, bold(given), ' lie as far from their class.')
    }
    return parts
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
    for (const id of coming) picture(id, cards.get(id).content_hash)
    // The strips wait for the images: a key press needs the next image, not its neighbours.
    Promise.all(coming.map((id) => images.get(id).loaded)).then(() => {
      for (const id of coming.slice(1, 1 + STRIPS_AHEAD).filter((id) => cards.has(id))) {
        const { neighbours, peers } = cards.get(id)
        for (const [other] of [...neighbours, ...peers]) {
          const shown = pictures.get(other)
          if (shown) new Image().src = address(other, shown.content_hash, 'thumb')
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

  // -- panels ------------------------------------------------------------------------------------

  const overlay = $('.overlay')
  function open(...content) {
    $('.panel').replaceChildren(...content)
    overlay.hidden = false
  }
  function close() {
    overlay.hidden = true
    $('.panel').replaceChildren()
    $('.stage').focus({ preventScroll: true })
  }
  overlay.onclick = (event) => { if (event.target === overlay) close() }

  function openPicture(id, shown) {
    const image = new Image()
    image.src = address(id, shown.content_hash, 'full')
    image.alt = `labelled ${shown.given}`
    const caption = document.createElement('p')
    caption.append(bold(shown.given ?? 'no label'), ` · ${shown.path}`)
    open(image, caption)
  }

  function openHelp() {
    const title = Object.assign(document.createElement('h3'), { textContent: 'Keys' })
    const table = document.createElement('table')
    for (const [key, meaning] of KEY_HELP) {
      const row = table.insertRow()
      row.insertCell().append(Object.assign(document.createElement('kbd'), { textContent: key }))
      row.insertCell().textContent = meaning
    }
    open(title, table)
  }

  function openPicker() {
    const card = cards.get(current)
    const near = [...new Set([...card.likely, ...recentClasses])]
    const all = [...near, ...data.classes.filter((name) => !near.includes(name))]
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
        entry.onclick = () => pick(name)
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
    const pick = (name) => {
      if (!name) return
      recentClasses.unshift(...recentClasses.splice(0).filter((other) => other !== name).slice(0, 5))
      recentClasses.unshift(name)
      close()
      relabel(name)
    }
    input.oninput = search
    input.onkeydown = (event) => {
      if (event.key === 'Enter') pick(found[chosen])
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

  // -- keys ----------------------------------------------------------------------------------------

  function onKey(event) {
    if (event.key === 'Escape' && !overlay.hidden) { event.stopPropagation(); return close() }
    const target = event.composedPath()[0]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (target.matches?.('input, textarea, select, [contenteditable], [role=combobox], [role=option]')) return
    if (!overlay.hidden) {
      if (event.key === 'e' || event.key === '?') close()
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
    if (pair) openPicture(pair[0], pictures.get(pair[0]))
  }
  const onLeave = (event) => { if (outbox?.actions.length) event.preventDefault() }
  document.addEventListener('keydown', onKey, true)
  window.addEventListener('beforeunload', onLeave)
  for (const button of root.querySelectorAll('[data-do]')) {
    button.onclick = (event) => {
      act(button.dataset.do)
      // After a click of the mouse, Space means the suggestion again, not this button.
      if (event.detail && overlay.hidden) $('.stage').focus({ preventScroll: true })
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

const span = (text) => Object.assign(document.createElement('span'), { textContent: text })
const bold = (text) => Object.assign(document.createElement('b'), { textContent: text })
function percent(share) {
  if (share > 0 && share < 0.01) return '< 1 %'
  if (share < 1 && share > 0.99) return '> 99 %'
  return `${Math.round(100 * share)} %`
}
function duration(milliseconds) {
  const minutes = milliseconds / 60000
  if (minutes < 1) return 'under a minute'
  return minutes < 90 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`
}
