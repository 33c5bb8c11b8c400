// Part of the desk: drawing one item. It knows nothing of queues, verdicts on their way or keys.

// `decisionOf` gives what is decided of an item, as far as this browser knows, or null;
// `open` is called with the number of a strip and of a picture in it that was clicked.
function createCardView(root, { shelf, address, decisionOf, open }) {
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
    const image = shown.fields ? words(shown) : make('img', { fetchPriority: 'low' })
    if (!shown.fields) {
      image.src = address(id, shown.content_hash, 'thumb')
      image.alt = hidden ? 'A neighbor' : altText(shown)
    }
    const label = hidden ? '' : decision ? outcomeText(decision, shown.given) : shown.given ?? 'no label'
    button.append(image, make('small', {}, span(label), span(copy ? 'copy' : similarityText(similarity))))
    if (copy) button.classList.add('copy')
    button.title = hidden ? '' : `${label}, ${shown.path}${copy ? ', a copy of this image' : ''}`
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

  function drawSuggestion(card, hidden) {
    const suggested = hidden ? null : card.suggested
    $('.suggested').textContent = hidden ? 'hidden' : suggested ?? '–'
    for (const [name, p] of [['given', card.p_given], ['suggested', card.p_suggested]]) {
      const told = hidden || p == null ? null : p
      $(`.p-${name}`).textContent = told === null ? '' : percent(told)
      $(`.m-${name}`).style.width = `${100 * (told ?? 0)}%`
    }
    $('[data-do=accept] span').textContent = hidden ? 'Show the suggestion'
      : suggested ? `It is ${suggested}` : 'No suggestion'
    $('[data-do=accept]').disabled = !hidden && !suggested
    $('[data-do=both]').disabled = !hidden && !(suggested && card.given)
    $('.veil').hidden = !hidden
    $('.why').replaceChildren(...(hidden ? [] : reason(card)))
    $('.opinions').replaceChildren(...(hidden ? [] : opinionLines(card)))
  }

  return {
    thumb,
    drawStrips,
    draw(card, hidden) {
      $('.path').textContent = card.path
      $('.path').href = `${location.pathname}?item=${card.id}`
      $('.given').textContent = card.given ?? 'no label'
      $('[data-do=keep] span').textContent = `Keep ${card.given ?? 'as it is'}`
      drawSuggestion(card, hidden)
      drawStrips(card, hidden)
    },
    // What is decided already; `by` is who has done so while the image was on screen.
    drawDecided(card, by) {
      const decision = decisionOf(card.id)
      const who = by ? `${by} decided this a moment ago` : 'already decided'
      $('.decided').textContent = decision ? `${who}: ${decidedText(decision)}`
        : card.outdated ? `another image when it was decided: ${DECIDED[card.outdated]}`
        : card.fields ? '' : card.note ?? ''
      $('.stage').classList.toggle('judged', Boolean(decision))
    },
    // Who said what, to settle it: each word is a button that decides so.
    drawSaid({ said, given }, decide) {
      $('.said').hidden = !said?.length
      $('.said').replaceChildren(...(said ?? []).map(({ auditor, verdict, labels }) => {
        const button = make('button', { onclick: () => decide(verdict, labels) })
        button.append(make('em', { textContent: `${auditor}:` }), span(wordText(verdict, labels, given)))
        return button
      }))
    },
  }
}
