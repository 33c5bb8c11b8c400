// The search. What is wanted is changed here at once and sent as a whole; Python answers with the
// results of the latest. Nothing is drawn from names as markup: all text goes through textContent.

const SEND_AGAIN_MS = 4000
const NOTICE_MS = 6000
// Nobody reacts to a new picture faster.
const REACTION_MS = 250
const SIZE_KEPT = 'second-look:grid-size'
const FIELDS = 'input, textarea, select, [contenteditable], [role=combobox], [role=option], [role=slider]'
// What has the focus where nothing has it: the page, or Streamlit's box that scrolls.
const NOWHERE = 'body, section, main, [data-testid=stMain]'

export default lasting(createSearch)

function createSearch(root) {
  const $ = (selector) => root.querySelector(selector)
  const box = $('.cells')
  const session = sessionName()
  const contact = createContact(root)
  const tiles = []
  // `added` has the ids of examples in the order in which they came.
  let component, data, wanted = { plus: [], minus: [], count: 0 }, added = []
  let at = 0, tick = 0, sentAt = 0, isAwaited = false, noticeTimer, freshTimer

  const address = (id, hash, size) => `/api/images/${data.audit}/${id}/${hash}/${size}`
  const ids = (rows) => rows.map(({ id }) => id)

  // -- talking to Python -------------------------------------------------------------------

  function send() {
    sentAt = Date.now()
    isAwaited = true
    contact.sent(++tick)
    component.setStateValue('sent', {
      session, tick, plus: ids(wanted.plus), minus: ids(wanted.minus), count: wanted.count,
    })
    box.toggleAttribute('aria-busy', true)
  }

  const resend = setInterval(() => {
    contact.check()
    if (isAwaited && Date.now() - sentAt > SEND_AGAIN_MS) send()
  }, 1000)

  function update(latest) {
    component = latest
    data = latest.data
    const answered = data.session === session ? data.tick : 0
    contact.answered(answered)
    // An answer to what was wanted before is out of date.
    if (answered < tick) return
    isAwaited = false
    wanted = { plus: data.plus, minus: data.minus, count: data.count }
    const now = ids([...data.plus, ...data.minus])
    added = [...added.filter((id) => now.includes(id)), ...now.filter((id) => !added.includes(id))]
    drawExamples()
    drawResults()
  }

  // -- examples ------------------------------------------------------------------------------

  function without({ id }) {
    for (const kind of ['plus', 'minus']) wanted[kind] = wanted[kind].filter((row) => row.id !== id)
    added = added.filter((other) => other !== id)
  }

  const acts = {
    plus: (row) => add('plus', row),
    minus(row) {
      if (!wanted.plus.length) return notify('Begin with an example: + on an image of what you look for.')
      add('minus', row)
    },
    remove(row) { without(row); changed() },
    open: (row) => component.setTriggerValue('opened', row.id),
  }
  const act = (kind, row) => acts[kind](row)

  function add(kind, row) {
    if (wanted[kind].some(({ id }) => id === row.id)) return
    without(row)
    wanted[kind] = [...wanted[kind], row]
    added.push(row.id)
    changed()
  }

  function changed() {
    drawExamples()
    send()
  }

  function drawExamples() {
    $('header').hidden = !added.length
    for (const kind of ['plus', 'minus']) {
      const row = $(`.${kind} .row`)
      const count = wanted[kind].length
      $(`.${kind} .number`).textContent = count > 1 ? count.toLocaleString() : ''
      const focused = root.activeElement ?? root.getRootNode().activeElement
      const hadFocus = row.contains(focused)
      const drawn = new Map([...row.children].map((element) => [element.dataset.id, element]))
      row.replaceChildren(...wanted[kind].map((one) => drawn.get(one.id) ?? exampleElement(address, one, kind, act)))
      $(`.${kind}`).hidden = !wanted[kind].length
      row.scrollLeft = row.scrollWidth
      if (hadFocus && !row.contains(root.getRootNode().activeElement)) (row.querySelector('.remove') ?? tiles[at]?.button)?.focus()
    }
  }

  // -- results -------------------------------------------------------------------------------

  function drawResults() {
    box.removeAttribute('aria-busy')
    const { rows, isSearch } = data
    while (tiles.length < rows.length) addTile()
    for (const { element } of tiles.splice(rows.length)) element.remove()
    tiles.forEach((tile, index) => tile.draw(rows[index]))
    box.toggleAttribute('data-fresh', true)
    clearTimeout(freshTimer)
    freshTimer = setTimeout(() => box.removeAttribute('data-fresh'), REACTION_MS)
    settle(at)
    $('.begin').hidden = isSearch
    $('.line').hidden = !rows.length
    $('.empty').hidden = rows.length > 0
    $('.more').hidden = !data.more
    $('.count').textContent = isSearch
      ? `${counted(rows.length, 'image')}, most alike first`
      : `The ${rows.length === 1 ? 'most suspect image' : `${rows.length.toLocaleString()} most suspect images`}`
    const shown = ids([...data.plus, ...data.minus, ...rows.slice(0, 1)]).join() + rows.length
    Promise.all(tiles.map((tile) => tile.ready)).then(() => afterPaint(() => { box.dataset.painted = shown }))
  }

  function addTile() {
    const tile = createTile(address, act, () => box.hasAttribute('data-fresh'))
    const index = tiles.push(tile) - 1
    tile.button.onfocus = () => settle(index)
    box.append(tile.element)
  }

  // One image at a time is in the order of tabs.
  function settle(index) {
    at = Math.max(0, Math.min(index, tiles.length - 1))
    tiles.forEach(({ button }, other) => { button.tabIndex = other === at ? 0 : -1 })
  }

  function focus(index) {
    settle(index)
    tiles[at]?.button.focus()
  }

  function notify(text) {
    $('.notice').textContent = text
    clearTimeout(noticeTimer)
    noticeTimer = setTimeout(() => { $('.notice').textContent = '' }, NOTICE_MS)
  }

  // -- keys and clicks -------------------------------------------------------------------------

  const actions = {
    more() {
      if (!data.more || isAwaited) return
      wanted.count += data.step
      send()
    },
    removeLast() {
      const row = [...wanted.plus, ...wanted.minus].find(({ id }) => id === added.at(-1))
      row ? acts.remove(row) : notify('There is no example to remove.')
    },
    startOver() {
      wanted = { plus: [], minus: [], count: data.step }
      added = []
      changed()
    },
  }

  function onTileKey(key) {
    const columns = getComputedStyle(box).gridTemplateColumns.split(' ').length
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: tiles.length - 1 - at }
    const { row } = tiles[at]
    if (key in steps) focus(at + steps[key])
    else if (LIKE_KEYS.includes(key)) act('plus', row)
    else if (UNLIKE_KEYS.includes(key)) act('minus', row)
    else return false
    return true
  }

  function onKey(event) {
    const path = event.composedPath(), { key } = event
    if (event.altKey || event.ctrlKey || event.metaKey || path[0].matches?.(FIELDS)) return
    if (path.some((node) => node.matches?.('[role=dialog], [data-baseweb=popover]'))) return
    const figure = path.find((node) => node.matches?.('figure'))
    const isKeyAgain = event.repeat && !key.startsWith('Arrow')
    if (isKeyAgain) return
    if (tiles.some(({ button }) => button === path[0]) && onTileKey(key)) { /* done */ }
    else if (path[0].matches?.(NOWHERE) && tiles.length && ['ArrowRight', 'ArrowDown'].includes(key)) focus(at)
    else if (key === 'Backspace' && figure) acts.remove({ id: figure.dataset.id })
    else if (key === 'Backspace') actions.removeLast()
    else if (key.toLowerCase() === 'm') actions.more()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  document.addEventListener('keydown', onKey, true)

  for (const button of root.querySelectorAll('[data-do]')) button.onclick = () => actions[button.dataset.do]()
  box.dataset.size = localStorage.getItem(SIZE_KEPT) ?? 'medium'

  return {
    update,
    close() {
      clearInterval(resend)
      contact.stop()
      clearTimeout(noticeTimer)
      clearTimeout(freshTimer)
      document.removeEventListener('keydown', onKey, true)
    },
  }
}
