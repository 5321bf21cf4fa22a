import type { AlertKind } from '../types.ts';

/** What decides whether a message can be spared. */
interface Message {
  /** The same for all messages on one alert to one receiver. */
  readonly story: string;
  readonly kind: AlertKind;
  /** Nobody has tried to send it, so nobody knows of it. */
  readonly untried: boolean;
}

/**
 * What to drop where there is no room for more: the oldest reminders; else the oldest alerts that are over and of which
 * nothing has been told, each of them whole: a beginning is never dropped without its end, nor an end without its beginning.
 * @param messages oldest first. @param wanted how many. @returns about so many, none where none can be spared.
 */
export function spare<M extends Message>(messages: readonly M[], wanted: number): readonly M[] {
  const reminders = messages.filter(({ kind, untried }) => kind === 'reminded' && untried);
  if (reminders.length > 0) return reminders.slice(0, wanted);
  const stories = new Map<string, M[]>();
  for (const message of messages) stories.set(message.story, [...(stories.get(message.story) ?? []), message]);
  const spared: M[] = [];
  for (const story of stories.values()) if (spared.length < wanted && isUntold(story)) spared.push(...story);
  return spared;
}

function isUntold(story: readonly Message[]): boolean {
  const [first] = story;
  const last = story.at(-1);
  const begins = first?.kind === 'fired' || first?.kind === 'pending';
  const ends = last?.kind === 'resolved' || last?.kind === 'cancelled';
  return begins && ends && story.every(({ untried }) => untried);
}
