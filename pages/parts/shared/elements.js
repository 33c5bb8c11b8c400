// What the desk and the grid share: elements from text, and the texts of numbers, verdicts and reasons.

function make(tag, properties = {}, ...content) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...content)
  return element
}
const span = (text) => make('span', { textContent: text })
const bold = (text) => make('b', { textContent: text })

// A name for this window's numbered actions, which no other has.
const sessionName = () => [...crypto.getRandomValues(new Uint8Array(12))]
  .map((byte) => byte.toString(16).padStart(2, '0')).join('')

// A number with the noun that it counts, in the singular for 1 alone: "1 image", "1,234 images".
const counted = (count, noun, plural = `${noun}s`) => `${count.toLocaleString()} ${count === 1 ? noun : plural}`

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
const similarityText = (cosine) => Math.max(0, cosine).toFixed(2).replace('0.', '.')

// The text of an action's button: a class, where there is one, in the place of {}.
const buttonText = (text, name) => text.replace('{}', () => name ?? 'as it is')

// A verdict after the fact: "kept". One that is redone after a reload is not known by name.
const pastText = (verdict) => TERMS.verdicts[verdict]?.past ?? 'as before'

// What was decided: "relabeled to cat", "cat and dog fit".
function decidedText({ verdict, labels }) {
  const { named } = TERMS.verdicts[verdict] ?? {}
  return named && labels?.length ? buttonText(named, labels.join(' and ')) : pastText(verdict)
}

// A verdict on what an item was before.
const outdatedText = ({ outdated: { verdict, given, changed }, given: now }) => changed === 'label'
  ? `label changed since this verdict: ${given ?? 'no label'} ${pastText(verdict)}, now ${now ?? 'no label'}`
  : `image changed since this verdict: ${pastText(verdict)}`

// An annotation on a button that decides the same.
function annotationText(verdict, labels, given) {
  if (verdict === TERMS.confirming) return buttonText(TERMS.verdicts[verdict].actions[0].button, given)
  return labels.length ? labels.join(' or ') : pastText(verdict)
}

// What an image is after a verdict, for a caption below it: "→ cat".
function outcomeText({ verdict, labels }, given) {
  if (labels?.length) return `→ ${labels.join(', ')}`
  return verdict === TERMS.confirming ? `${given ?? 'no label'} ✓` : `→ ${pastText(verdict)}`
}

// Why the item is a suspect: a list of texts and bold class names.
function reason({ why, given, suggested, copies }) {
  const [label, votes] = Object.entries(why.votes).sort((a, b) => b[1] - a[1])[0] ?? []
  const parts = []
  if (copies) {
    const near = copies.similar ? 'An item of nearly the same embedding is labeled ' : 'A near-duplicate is labeled '
    parts.push(copies.exact ? 'An exact duplicate is labeled ' : near)
    parts.push(bold(copies.labels.join(', ')), '. ')
  }
  if (label) {
    parts.push(`${votes} of its ${why.nearest} nearest ${votes === 1 ? 'is' : 'are'} `, bold(label), label === given ? ' too. ' : '. ')
  }
  if (suggested && label !== suggested) {
    parts.push(`${why.votes[suggested] ?? 'None'} ${why.votes[suggested] === 1 ? 'is' : 'are'} `, bold(suggested), '. ')
  }
  if (why.count > 1) {
    const few = why.rank <= why.count / 5 ? 'Only ' : ''
    parts.push(`${few}${why.rank} of ${why.count} `, bold(given), why.rank === 1 ? ' lies as far from its class. ' : ' lie as far from their class. ')
  }
  if (why.torn) {
    parts.push('Both ', bold(why.torn[0]), ' and ', bold(why.torn[1]), ' fit about as well. ')
  }
  if (why.model) {
    const [name, share] = why.model
    parts.push('Your model predicts ', bold(name), ` (${percent(share)}).`)
  }
  return parts
}

// One line for each detector: who, how sure as a bar, what.
function opinionLines({ opinions, given, suggested }) {
  return opinions.map(({ name, label, p, given: own }) => {
    const [who, about] = TERMS.members[name] ?? [name, '']
    const line = make('li', { title: about }, make('em', { textContent: who }))
    if (label === null) {
      line.append(make('i'), span('no prediction'))
      return line
    }
    const bar = make('i', { className: label === given ? 'amber' : label === suggested ? 'accent' : '' })
    bar.style.setProperty('--sure', `${Math.round(100 * p)}%`)
    if (label !== given) line.title += ` Of ${given}: ${percent(own)}.`
    line.append(bar, span(label), make('u', { textContent: percent(p) }))
    return line
  })
}

// What stands for an item that is no picture: the columns of its row, or its name.
function fieldsElement({ fields, path }) {
  const box = make('div', { className: 'fields' })
  const shown = Object.entries(fields).filter(([name, value]) => !['path', 'label'].includes(name) && value)
  for (const [name, value] of shown) {
    const line = make('p')
    if (shown.length > 1) line.append(make('small', { textContent: name }))
    line.append(span(value))
    box.append(line)
  }
  if (!shown.length) box.textContent = path
  return box
}
