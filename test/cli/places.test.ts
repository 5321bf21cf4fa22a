import { afterEach, beforeEach, expect, it } from 'vitest';
import { findPlaces } from '../../src/cli/places.ts';
import { type Folder, folder } from './rules.ts';

let place: Folder;
beforeEach(() => {
  place = folder();
  place.write('xdg/psstop/rules.d/installed.yaml', 'rules: []\n');
});
afterEach(() => place.dispose());

function places(values: Record<string, string | string[]>) {
  return findPlaces({ values, operands: [] }, { XDG_CONFIG_HOME: `${place.path}/xdg` });
}

it('lets the configuration that is named say where its rules are, whatever is installed', () => {
  const config = place.write('own/psstop.yaml', 'rules: mine\n');
  expect(places({ config })).toEqual({ config });
});

it('puts rules that are named before those of the configuration', () => {
  const config = place.write('own/psstop.yaml', 'rules: mine\n');
  const rules = [place.write('other.yaml', 'rules: []\n')];
  expect(places({ config, rules })).toEqual({ config, rules });
});

it('refuses a configuration or rules that are not there', () => {
  expect(() => places({ config: `${place.path}/none.yaml` })).toThrow(/there is no .*none\.yaml/);
  expect(() => places({ rules: [`${place.path}/none.d`] })).toThrow(/there is no .*none\.d/);
});
