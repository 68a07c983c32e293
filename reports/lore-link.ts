/** Where a message is archived; null for what is no message id. */
export function loreLink(messageId: string | null | undefined): string | null {
  if (messageId == null || !/^[\x21-\x7e]+@[\x21-\x7e]+$/.test(messageId)) return null;
  return `https://lore.kernel.org/all/${encodeURIComponent(messageId).replaceAll('%40', '@')}/`;
}
