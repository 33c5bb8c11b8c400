// Folders and files of the server: what is sent are the number of a root and names, which Python checks.
const FILTER_FROM = 12
const MOST_DRAWN = 500

export default function ({ data, parentElement, setTriggerValue }) {
  const picker = parentElement.querySelector('.picker')
  const $ = (selector) => picker.querySelector(selector)
  const enter = (root, names) => {
    picker.setAttribute('aria-busy', 'true')
    setTriggerValue('entered', { root, names })
  }

  const choose = (name) => setTriggerValue('chosen', { root: data.root, names: data.names, name })

  function button(textContent, onclick) {
    return Object.assign(document.createElement('button'), { type: 'button', textContent, title: textContent, onclick })
  }

  const way = (textContent, root, names) => button(textContent, () => enter(root, names))

  function crumbs() {
    const steps = data.names.map((name, at) => way(name, data.root, data.names.slice(0, at + 1)))
    const roots = data.roots.map((title, root) => way(title, root, []))
    const others = roots.filter((_, root) => root !== data.root)
    const parts = [roots[data.root], ...steps].flatMap((step, at) => (at ? [separator('/'), step] : [step]))
    $('.crumbs').replaceChildren(...others.flatMap((root) => [root, separator('|')]), ...parts)
  }

  function separator(textContent) {
    return Object.assign(document.createElement('span'), { textContent, ariaHidden: 'true' })
  }

  function list() {
    const sought = $('.filter').value.trim().toLowerCase()
    const fits = (name) => name.toLowerCase().includes(sought)
    const folders = data.folders.filter(fits).map((name) => [name, true])
    const found = [...folders, ...data.files.filter(fits).map((name) => [name, false])]
    const rows = found.slice(0, MOST_DRAWN).map(row)
    if (found.length > MOST_DRAWN) rows.push(note(`${(found.length - MOST_DRAWN).toLocaleString()} more; write a part of the name above`))
    if (!found.length) rows.push(note(total ? 'Nothing here has such a name' : 'No folders in here'))
    $('.folders').replaceChildren(...rows)
  }

  function row([name, isFolder]) {
    const element = isFolder ? way(name, data.root, [...data.names, name]) : button(name, () => choose(name))
    if (!isFolder) element.ariaPressed = name === data.chosen
    const item = Object.assign(document.createElement('li'), { className: isFolder ? 'folder' : 'file' })
    item.append(element)
    return item
  }

  function note(textContent) {
    return Object.assign(document.createElement('li'), { textContent, className: 'empty' })
  }

  const total = data.folders.length + data.files.length
  const place = JSON.stringify([data.root, data.names])
  if (picker.dataset.place !== place) {
    picker.dataset.place = place
    $('.filter').value = ''
    $('.folders').scrollTop = 0
  }
  picker.removeAttribute('aria-busy')
  $('.filter').hidden = total < FILTER_FROM
  $('.filter').oninput = list
  $('.about').textContent = data.about
  crumbs()
  list()
}
