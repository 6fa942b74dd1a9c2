const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

/** A plain page for a person. `title` and `text` are escaped; `extra` is trusted markup. */
export function page(title: string, text: string, extra = ''): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${extra}</main></body>
</html>
`
}

/** The provider's logout form, made to confirm itself: a lab has nobody to ask. */
export function autoLogoutPage(form: string): string {
  const confirmed = form.replace(
    '</form>',
    '<input type="hidden" name="logout" value="yes"/><noscript><button type="submit">Sign out</button></noscript></form>',
  )
  return page('Signing out', 'You are being signed out.', `${confirmed}<script>document.forms[0].submit()</script>`)
}
