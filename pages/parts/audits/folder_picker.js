// Folders of the server: what is sent are the number of a root and names, which Python checks.
const FILTER_FROM = 12
const MOST_DRAWN = 500

export default function ({ data, parentElement, setTriggerValue }) {
  const picker = parentElement.querySelector('.picker')
  const $ = (selector) => picker.querySelector(selector)
  const enter = (root, names) => {
    picker.setAttribute('aria-busy', 'true')
    setTriggerValue('entered', { root, names })
  }

  function button(textContent, root, names) {
    const element = document.createElement('button')
    element.type = 'button'
    element.textContent = element.title = textContent
    element.onclick = () => enter(root, names)
    return element
  }

  function crumbs() {
    const steps = data.names.map((name, at) => button(name, data.root, data.names.slice(0, at + 1)))
    const roots = data.roots.map((title, root) => button(title, root, []))
    const others = roots.filter((_, root) => root !== data.root)
    const parts = [roots[data.root], ...steps].flatMap((step, at) => (at ? [separator('/'), step] : [step]))
    $('.crumbs').replaceChildren(...others.flatMap((root) => [root, separator('|')]), ...parts)
  }

  function separator(textContent) {
    return Object.assign(document.createElement('span'), { textContent, ariaHidden: 'true' })
  }

  function list() {
    const sought = $('.filter').value.trim().toLowerCase()
    const found = data.folders.filter((name) => name.toLowerCase().includes(sought))
    const rows = found.slice(0, MOST_DRAWN).map((name) => {
      const row = document.createElement('li')
      row.append(button(name, data.root, [...data.names, name]))
      return row
    })
    if (found.length > MOST_DRAWN) rows.push(note(`${(found.length - MOST_DRAWN).toLocaleString()} more; write a part of the name above`))
    if (!found.length) rows.push(note(data.folders.length ? 'No folder here has such a name' : 'No folders in here'))
    $('.folders').replaceChildren(...rows)
  }

  function note(textContent) {
    return Object.assign(document.createElement('li'), { textContent, className: 'empty' })
  }

  const place = JSON.stringify([data.root, data.names])
  if (picker.dataset.place !== place) {
    picker.dataset.place = place
    $('.filter').value = ''
    $('.folders').scrollTop = 0
  }
  picker.removeAttribute('aria-busy')
  $('.filter').hidden = data.folders.length < FILTER_FROM
  $('.filter').oninput = list
  $('.about').textContent = data.about
  crumbs()
  list()
}
