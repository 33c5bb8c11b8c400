// Part of the map: the choice of colors, the usual ones as buttons and the others in a list.

const IN_MENU = 4

function drawMenu(box, colorings, color, choose) {
  const signature = JSON.stringify([colorings.map(({ key, title }) => [key, title]), color])
  if (box.dataset.shown === signature) return
  box.dataset.shown = signature
  const first = colorings.slice(0, IN_MENU), others = colorings.slice(IN_MENU)
  const buttons = first.map(({ key, title }) => {
    const button = make('button', { textContent: title, onclick: () => choose(key) })
    button.setAttribute('aria-pressed', key === color)
    return button
  })
  const menu = make('select', { ariaLabel: 'More colors', onchange: () => menu.value && choose(menu.value) })
  menu.append(
    make('option', { value: '', textContent: 'More …' }),
    ...others.map(({ key, title }) => make('option', { value: key, textContent: title })),
  )
  menu.value = others.some(({ key }) => key === color) ? color : ''
  menu.classList.toggle('chosen', menu.value !== '')
  const focused = box.getRootNode().activeElement
  const at = [...box.children].indexOf(focused)
  box.replaceChildren(...buttons, ...(others.length ? [menu] : []))
  if (at >= 0) box.children[at]?.focus()
}
