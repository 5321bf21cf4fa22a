import type { Dice } from './dice.ts';
import {
  addMapping,
  endSpace,
  extend,
  forkSpace,
  grow,
  newSpace,
  type PageFile,
  type Space,
  touch,
  unmap,
  unmapAll,
} from './pages.ts';
import { write } from './sharing.ts';

/** Pages that a command is about: memory is shared and given up in chunks of this size, so that model and program agree on what lies where. */
export const CHUNK = 256;
/** Chunks of the common private memory, and of the segment at most. */
export const COMMON = 40;
const MOST_SHARED = 60;
const MOST_MEMBERS = 8;

/** A process as the model has it: `space.mappings` are its chunks, first the private ones, then those of the segment, then what it grew by. */
export interface Member {
  readonly space: Space;
  readonly twinOf?: number;
}

/** The model of what test/programs/sharing.c does. */
export interface Mirror {
  readonly members: Map<number, Member>;
  /** Something that can be done now, done in the model. @returns the same as a command for the program. */
  next(dice: Dice): string;
}

/** A model of the program when it has just begun. */
export function newMirror(): Mirror {
  const segment: PageFile = { name: 'segment', kind: 'shmem', blocks: [] };
  const first = newSpace();
  const nobody = { minor: 0, major: 0 };
  for (let i = 1; i < COMMON + MOST_SHARED; i += 1) addMapping(first, i < COMMON ? undefined : segment);
  for (const mapping of first.mappings.slice(0, COMMON)) grow(mapping, CHUNK, nobody);
  const members = new Map<number, Member>([[0, { space: first }]]);

  // Each does in the model what its command does in the program; undefined where that is not possible now.
  const deeds: Readonly<Record<string, (member: number, dice: Dice) => string | undefined>> = {
    fork: () => (members.size < MOST_MEMBERS ? begin('0 fork', forkSpace(first)) : undefined),
    twin: (member) => (member === 0 ? undefined : begin(`${member} twin`, spaceOf(member), member)),
    exit: (member) => {
      const gone = members.get(member);
      if (member === 0 || gone === undefined) return undefined;
      members.delete(member);
      if (![...members.values()].some(({ space }) => space === gone.space)) endSpace(gone.space);
      return `${member} exit`;
    },
    grow: (member, dice) => {
      const pages = dice.between(1, 2000);
      grow(addMapping(spaceOf(member)), pages, nobody);
      return `${member} grow ${pages}`;
    },
    huge: (member) => {
      grow(addMapping(spaceOf(member)), 512, nobody);
      return `${member} huge 1`;
    },
    write: (member, dice) => {
      const chunk = dice.between(0, COMMON - 1);
      const mapping = spaceOf(member).mappings[chunk];
      const [ref] = mapping?.refs ?? [];
      if (ref) write(ref, CHUNK, nobody);
      else if (mapping) grow(mapping, CHUNK, nobody);
      return `${member} write ${chunk * CHUNK} ${CHUNK}`;
    },
    drop: (member, dice) => {
      const chunk = dice.between(0, COMMON - 1);
      for (const ref of [...(spaceOf(member).mappings[chunk]?.refs ?? [])]) unmap(ref);
      return `${member} drop ${chunk * CHUNK} ${CHUNK}`;
    },
    touch: (member, dice) => {
      const chunk = dice.between(0, MOST_SHARED - 1);
      const [mapping, block] = [spaceOf(member).mappings[COMMON + chunk], segment.blocks[chunk]];
      if (mapping === undefined || block === undefined) return undefined;
      touch(mapping, block, nobody);
      return `${member} touch ${chunk * CHUNK} ${CHUNK}`;
    },
    size: (_, dice) => {
      const chunks = dice.between(0, MOST_SHARED);
      while (segment.blocks.length < chunks) extend(segment, CHUNK);
      for (const block of segment.blocks.splice(chunks)) unmapAll(block);
      return `0 size ${chunks * CHUNK}`;
    },
  };

  function spaceOf(member: number): Space {
    return members.get(member)?.space ?? first;
  }

  function begin(command: string, space: Space, twinOf?: number): string | undefined {
    const number = Array.from({ length: MOST_MEMBERS }, (_, i) => i).find((i) => !members.has(i));
    if (number === undefined) return undefined;
    members.set(number, { space, ...(twinOf !== undefined && { twinOf }) });
    return `${command} ${number}`;
  }

  return {
    members,
    next(dice) {
      for (;;) {
        const member = dice.pick([...members.keys()]) ?? 0;
        const deed = dice.pick(Object.keys(deeds)) ?? 'grow';
        // A twin has nobody to tell it anything: it can only be ended.
        if (members.get(member)?.twinOf !== undefined && deed !== 'exit') continue;
        const command = deeds[deed]?.(member, dice);
        if (command !== undefined) return command;
      }
    },
  };
}
