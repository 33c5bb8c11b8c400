// Part of the desk: numbers and reasons in words.

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

// Why the item is a suspect: a list of texts and bold class names.
function reason({ why, given, suggested, copies }) {
  const [label, votes] = Object.entries(why.votes).sort((a, b) => b[1] - a[1])[0] ?? []
  const parts = []
  if (copies) {
    parts.push(copies.exact ? 'The same picture is labelled ' : 'A copy of it is labelled ')
    parts.push(bold(copies.labels.join(', ')), ' elsewhere. ')
  }
  if (label) {
    parts.push(`${votes} of its ${why.nearest} nearest are `, bold(label), label === given ? ' too. ' : '. ')
  }
  if (suggested && label !== suggested) {
    parts.push(`${why.votes[suggested] ?? 'None'} ${why.votes[suggested] === 1 ? 'is' : 'are'} `, bold(suggested), '. ')
  }
  if (why.count > 1) {
    const few = why.rank <= why.count / 5 ? 'Only ' : ''
    parts.push(`${few}${why.rank} of ${why.count} `, bold(given), ' lie as far from their class. ')
  }
  if (why.torn) {
    parts.push('Both ', bold(why.torn[0]), ' and ', bold(why.torn[1]), ' fit about as well. ')
  }
  if (why.model) {
    const [name, share] = why.model
    parts.push('Your model says ', bold(name), ` (${percent(share)}).`)
  }
  return parts
}

// What stands for an item that is no picture: the columns of its row, or its name.
function words({ fields, path }) {
  const box = document.createElement('div')
  box.className = 'words'
  const told = Object.entries(fields).filter(([name, value]) => !['path', 'label'].includes(name) && value)
  for (const [name, value] of told) {
    const line = document.createElement('p')
    if (told.length > 1) line.append(Object.assign(document.createElement('small'), { textContent: name }))
    line.append(span(value))
    box.append(line)
  }
  if (!told.length) box.textContent = path
  return box
}
