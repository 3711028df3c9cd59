/** One record is one line, for whatever splits lines or shows them. */

/** C1 controls and DEL, the line ends of Unicode, and halves of characters, which no UTF-8 has. JSON lets all of them stand. */
const breaking =
  /[\x7f-\x9f\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** @param json - with no line end but its last, as JSON text has it by itself */
export const oneLine = (json: string): string =>
  breaking.test(json) ? json.replace(new RegExp(breaking, 'g'), escaped) : json

export const escaped = (char: string): string =>
  `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
