// A row of pictures; each is a button that reports its item's id.
export default function ({ data, parentElement, setTriggerValue }) {
  const row = parentElement.querySelector('.gallery')
  row.style.setProperty('--columns', data.columns)
  row.replaceChildren(...data.pictures.map((picture) => {
    const button = document.createElement('button')
    button.title = `Review this image`
    const image = document.createElement(picture.fields ? 'p' : 'img')
    if (picture.fields) image.textContent = picture.fields
    else {
      image.src = picture.src
      const looks = picture.suggested ? `, looks like ${picture.suggested}` : ''
      image.alt = `labeled ${picture.given}${looks}`
      image.loading = 'lazy'
    }
    const given = document.createElement('span')
    given.className = picture.suggested ? 'given suspect' : 'given'
    given.textContent = picture.given ?? 'no label'
    button.append(image, given)
    if (picture.suggested) {
      const suggested = document.createElement('span')
      suggested.className = 'suggested'
      suggested.textContent = picture.suggested
      button.append(suggested)
    }
    button.onclick = () => setTriggerValue('chosen', picture.id)
    return button
  }))
}
