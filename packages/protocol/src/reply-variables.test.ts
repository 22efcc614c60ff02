import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fillReply, REPLY_VARIABLES, unknownVariables } from './reply-variables.ts';

const VALUES = { 'visitor.name': 'Vera', 'visitor.email': 'vera@example.org', page: 'https://shop.example/', 'operator.name': 'Olga' };

describe('filling in a canned reply', () => {
  it('replaces every variable, with spaces around its name or without', () => {
    const text = 'Dear {{visitor.name}} ({{ visitor.email }}), you are on {{page}}. Bye, {{visitor.name}}! {{operator.name}}';
    expect(fillReply(text, VALUES)).toEqual({
      text: 'Dear Vera (vera@example.org), you are on https://shop.example/. Bye, Vera! Olga',
      missing: [],
    });
  });

  it('a variable without a value becomes an empty text and is reported once', () => {
    expect(fillReply('{{page}}{{visitor.email}}, {{visitor.email}} {{visitor.name}}', { page: '', 'visitor.email': null })).toEqual({
      text: ',  ',
      missing: ['page', 'visitor.email', 'visitor.name'],
    });
  });

  it.each(['{{visitor}}', '{{}}', '{ {page} }', '{{page', 'page}}', '{{toString}}'])('leaves %s as it is', (text) => {
    expect(fillReply(text, VALUES)).toEqual({ text, missing: [] });
  });

  it('inserts values as they are, whatever they contain', () => {
    const value = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('{{page}}', '$&', '$1', '{{operator.name}}'));
    fc.assert(
      fc.property(value, fc.string(), (name, around) => {
        const plain = around.replaceAll(/[{}]/g, '');
        expect(fillReply(`${plain}{{visitor.name}}${plain}`, { ...VALUES, 'visitor.name': name }).text).toBe(`${plain}${name}${plain}`);
      }),
    );
  });
});

describe('the variables of a text that do not exist', () => {
  it('are named once each', () => {
    expect(unknownVariables('{{vistor.name}} {{page}} {{ vistor.name }} {{}} {{__proto__}}')).toEqual(['vistor.name', '', '__proto__']);
  });

  it('are none of the known ones', () => {
    expect(unknownVariables(REPLY_VARIABLES.map((name) => `{{${name}}} {{ ${name} }}`).join())).toEqual([]);
  });
});
