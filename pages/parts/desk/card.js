// Part of the desk: drawing one item. It knows nothing of queues, verdicts on their way or keys.

// A button for each action that gives a verdict.
function verdictButtons() {
  return VERDICT_ACTIONS.map(({ name, button, labels, verdict }) => {
    const isWide = labels === 'suggested' || verdict === TERMS.confirming
    const element = make('button', { className: isWide ? 'wide' : '' }, span(button))
    element.classList.toggle('unseen', UNSEEN_VERDICTS.has(verdict))
    element.dataset.do = name
    return element
  })
}

// `decisionOf` gives what is decided of an item, as far as this browser knows, or null;
// `open` is called with the number of a strip and of a picture in it that was clicked,
// `keysMoved` when another button has become the big one.
function createCardView(root, { audit, shelf, address, decisionOf, open, keysMoved }) {
  const $ = (selector) => root.querySelector(selector)

  // A small picture with what it is labeled and how similar it is.
  function thumb([id, similarity], card, hidden) {
    const shown = shelf.pictures.get(id)
    const copy = card.same.includes(id)
    const decision = decisionOf(id)
    const button = make('button', { className: 'thumb' })
    if (decision) button.classList.add('judged')
    if (!hidden && shown.given === card.given) button.classList.add('agrees')
    else if (!hidden && shown.given === card.suggested) button.classList.add('suggests')
    const alt = hidden ? 'A neighbor' : altText(shown)
    const image = smallPicture(address, { ...shown, id }, { fetchPriority: 'low', alt })
    const label = hidden ? '' : decision ? outcomeText(decision, shown.given) : shown.given ?? 'no label'
    button.append(image, make('small', {}, span(label), span(copy ? 'duplicate' : similarityText(similarity))))
    if (copy) button.classList.add('copy')
    button.title = hidden ? '' : `${label}, ${shown.path}${copy ? ', a duplicate of this image' : ''}`
    return button
  }

  function drawStrip(strip, row, pairs, card, hidden) {
    // An image that has just left the data set has no picture any more.
    const there = pairs.filter(([id]) => shelf.pictures.has(id))
    row.replaceChildren(...there.map((pair, number) => {
      const button = thumb(pair, card, hidden)
      button.onclick = () => open(strip, number)
      return button
    }))
  }

  function drawStrips(card, hidden) {
    drawStrip(0, $('.neighbors .row'), card.neighbors, card, hidden)
    drawStrip(1, $('.peers .row'), card.peers, card, hidden)
    $('.peers').hidden = !card.peers.length
    $('.given-name').textContent = card.given ?? ''
  }

  // The big button, first of all, is what the evidence speaks for; hidden, it does not tell.
  function drawPrimary(name) {
    const verdicts = $('.verdicts')
    if (verdicts.dataset.primary === name) return
    verdicts.dataset.primary = name
    for (const button of verdicts.children) button.classList.toggle('main', button.dataset.do === name)
    verdicts.prepend(button(name))
    keysMoved()
  }
  const button = (name) => $(`.verdicts [data-do=${name}]`)

  function drawSuggestion(card, hidden) {
    const primary = hidden ? SUGGESTING : card.primary
    drawPrimary(primary)
    $('.looks').textContent = primary === SUGGESTING ? 'looks like' : 'runner-up'
    const suggested = hidden ? null : card.suggested
    $('.suggested').textContent = hidden ? 'hidden' : suggested ?? '–'
    for (const [name, p] of [['given', card.p_given], ['suggested', card.p_suggested]]) {
      const shown = hidden || p == null ? null : p
      $(`.p-${name}`).textContent = shown === null ? '' : percent(shown)
      $(`.m-${name}`).style.width = `${100 * (shown ?? 0)}%`
    }
    for (const { name, button: text, labels } of VERDICT_ACTIONS) {
      const element = button(name)
      const needed = { suggested: [suggested], both: [suggested, card.given] }[labels] ?? []
      element.disabled = !hidden && !needed.every(Boolean)
      if (labels === 'suggested') {
        element.firstChild.textContent = hidden ? 'Show the suggestion'
          : suggested ? buttonText(text, suggested) : 'No suggestion'
      } else if (!labels) element.firstChild.textContent = buttonText(text, card.given)
    }
    $('.veil').hidden = !hidden
    $('.why').replaceChildren(...(hidden ? [] : reason(card)))
    $('.opinions').replaceChildren(...(hidden ? [] : opinionLines(card)))
  }

  return {
    thumb,
    drawStrips,
    draw(card, hidden) {
      $('.path').textContent = card.path
      $('.path').href = `${location.pathname}?audit=${audit}&item=${card.id}`
      $('.given').textContent = card.given ?? 'no label'
      drawSuggestion(card, hidden)
      drawStrips(card, hidden)
    },
    // The verdict there is; `by` is the auditor who gave it while the image was on screen.
    drawDecided(card, by) {
      const decision = decisionOf(card.id)
      const who = by ? `${by} decided this a moment ago` : 'already decided'
      $('.decided').textContent = decision ? `${who}: ${decidedText(decision)}`
        : card.outdated ? outdatedText(card)
        : card.fields ? '' : card.note ?? ''
      $('.stage').classList.toggle('judged', Boolean(decision))
    },
    // The annotations to adjudicate: each is a button that decides the same.
    drawAnnotations({ annotations, given }, decide) {
      $('.annotations').hidden = !annotations?.length
      $('.annotations').replaceChildren(...(annotations ?? []).map(({ auditor, verdict, labels }) => {
        const button = make('button', { onclick: () => decide(verdict, labels) })
        button.append(make('em', { textContent: `${auditor}:` }), span(annotationText(verdict, labels, given)))
        return button
      }))
    },
  }
}
