/** What the default network says, in the order of its outputs. */
export const defaultLabels: readonly string[] = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'];
