// Part of the desk: the neighbors in large, beside the image itself, to open or to correct.

// A neighbor is confirmed, or given one class.
const CORRECTING = VERDICT_ACTIONS.filter(({ verdict }) => [TERMS.confirming, TERMS.one].includes(verdict))

// `tools`: thumb(pair, card, hidden), address(id, hash, size), keys, shelf, decisionOf(id),
// decide(id, verdict, labels), pick({ card, done }), openItem(id), undo(), redo().
function createNeighbors(dialog, tools) {
  const { shelf } = tools

  return function openNeighbors(card, hidden, strip = 0, number = 0) {
    const strips = [card.neighbors, card.peers].map((pairs) => pairs.filter(([id]) => shelf.pictures.has(id)))
    if (!strips[strip]?.length) strip = strips[0].length ? 0 : 1
    if (!strips[strip].length) return
    number = Math.min(number, strips[strip].length - 1)

    // By content, as a file may be replaced while the panel is open.
    const pictures = new Map()
    const message = make('p', { className: 'hint', role: 'status' })
    let waiting = null
    const own = figure(card, pictureOf(card), make('figcaption', {}, 'This image, labeled ', bold(card.given ?? 'nothing')))
    const other = make('div', { className: 'other' })
    const rows = ['Nearest images', `Nearest among ${card.given}`].map((title, index) => {
      const row = make('div', { className: 'row' })
      return { row, element: make('section', { hidden: !strips[index].length }, make('h4', { textContent: title }), row) }
    })
    const acts = make('div', { className: 'acts' })
    const selected = () => strips[strip][number]
    // Names of images that are not on the screen would give the suggestion away.
    const veiled = (index) => hidden && index === 0

    function pictureOf(shown) {
      const name = `${shown.id} ${shown.content_hash}`
      if (!pictures.has(name)) pictures.set(name, loadPicture(tools.address, shown, ownSize(shown), { alt: altText(shown) }))
      return pictures.get(name)
    }
    function figure(shown, picture, caption) {
      const box = make('div', { className: 'framed' })
      placePicture(box, picture, () => {
        if (picture.ready && picture.element.naturalWidth) enlargeTiny(picture.element, box.clientWidth, box.clientHeight)
        if (picture.painted && waiting?.picture === picture) waiting.then()
      })
      return make('figure', {}, box, caption)
    }
    const latest = (id) => ({ ...shelf.pictures.get(id), ...shelf.cards.get(id), id })

    // A verdict may only fall on a picture that has been on the screen. A key pressed a moment
    // before is held until then; one that would have to wait longer is refused aloud.
    function whenSeen(id, verdict, then) {
      const picture = pictureOf(latest(id))
      waiting = null
      if (picture.painted || mayBeUnseen(picture, verdict)) return then()
      const refuse = () => {
        waiting = null
        message.textContent = `${picture.problem ?? 'The image is still loading.'} Nothing was decided.`
        draw()
      }
      if (picture.problem) return refuse()
      const timer = setTimeout(refuse, HOLD_MS)
      waiting = { picture, then: () => { clearTimeout(timer); waiting = null; then() } }
    }
    const mayBeUnseen = (picture, verdict) => UNSEEN_VERDICTS.has(verdict) && picture.problem && !picture.isAway

    function draw() {
      const [id, similarity] = selected()
      const shown = latest(id)
      const decision = tools.decisionOf(id)
      const facts = [`similarity ${similarityText(similarity)}`, shown.path]
      if (card.same.includes(id)) facts.unshift('a duplicate of this image')
      const caption = veiled(strip) ? [`similarity ${similarityText(similarity)}`]
        : ['Labeled ', bold(shown.given ?? 'nothing'), ` · ${facts.join(' · ')}`]
      if (decision && !veiled(strip)) caption.push(make('b', { className: 'outcome', textContent: ` ${outcomeText(decision, shown.given)}` }))
      other.replaceChildren(figure(shown, pictureOf(shown), make('figcaption', {}, ...caption)))
      rows.forEach(({ row }, index) => row.replaceChildren(...strips[index].map((pair, at) => {
        const button = tools.thumb(pair, card, veiled(index))
        button.setAttribute('aria-current', index === strip && at === number)
        button.onclick = () => { strip = index; number = at; draw() }
        return button
      })))
      acts.replaceChildren(...buttons(id, shown))
    }
    function buttons(id, shown) {
      const act = (action, text, run) => make('button', { onclick: run }, span(text),
        make('kbd', { textContent: action === 'open' ? 'Enter' : keyName(tools.keys.onButton(action, primary)[0]) }))
      const { primary, suggested } = shelf.pictures.get(id)
      const all = [act('open', 'Open it on the desk', () => run('open'))]
      if (veiled(strip)) return all
      for (const { name, button, labels } of CORRECTING) {
        if (labels === 'suggested' && !suggested) continue
        all.push(act(name, buttonText(button, labels ? suggested : shown.given), () => run(name)))
      }
      return all
    }
    function run(action) {
      const [id] = selected()
      const shown = shelf.pictures.get(id)
      message.textContent = ''
      if (action === 'open') { dialog.close(); return tools.openItem(id) }
      if (veiled(strip)) return
      if (action === 'undo' || action === 'redo') { tools[action](); return draw() }
      const { verdict, labels } = CORRECTING.find(({ name }) => name === action)
      if (!labels) decide(id, verdict, [])
      else if (labels === 'suggested') { if (shown.suggested) correct(id, shown.suggested) }
      else {
        const likely = shown.suggested ? [[shown.suggested]] : []
        const done = ([name]) => { correct(id, name); openNeighbors(card, hidden, strip, number) }
        whenSeen(id, verdict, () => tools.pick({ card: { ...shown, likely }, done }))
      }
    }
    function correct(id, name) {
      if (name === shelf.pictures.get(id).given) decide(id, TERMS.confirming, [])
      else decide(id, TERMS.one, [name])
    }
    function decide(id, verdict, labels) {
      whenSeen(id, verdict, () => { tools.decide(id, verdict, labels); draw() })
    }
    // The key of the desk's big button does what the evidence on this image speaks for.
    function press(action) {
      run(tools.keys.meant(action, shelf.pictures.get(selected()[0]).primary))
    }
    function move(by) {
      const count = strips[strip].length
      number = (number + by + count) % count
      draw()
    }
    function takes(event) {
      const key = keyOf(event)
      const action = tools.keys.action(event)
      // What is typed while a key is held is meant for what that key will open.
      if (waiting && key !== 'Escape') return true
      if (key === 'ArrowRight' || action === 'skip') move(1)
      else if (key === 'ArrowLeft' || action === 'back') move(-1)
      else if (key === 'ArrowDown' || key === 'ArrowUp') {
        if (strips[1 - strip].length) { strip = 1 - strip; number = Math.min(number, strips[strip].length - 1); draw() }
      } else if (/^[1-9]$/.test(key)) { if (strips[strip][key - 1]) { number = key - 1; draw() } }
      else if (key === 'Enter' || action === 'zoom') { if (!event.repeat) run('open') }
      else if (action === 'neighbors') dialog.close()
      else if (['undo', 'redo', SUGGESTED, ...CORRECTING.map(({ name }) => name)].includes(action)) { if (!event.repeat) press(action) }
      else return false
      return true
    }

    draw()
    dialog.open('Neighbors', [make('div', { className: 'near' },
      make('div', { className: 'pair' }, own, other), acts, message, ...rows.map(({ element }) => element))], takes)
  }
}
