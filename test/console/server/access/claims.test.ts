import { describe, expect, it } from 'vitest';

import { groupsOf, isNamed, nameOfClaims, roleOfGroups } from '../../../../console/server/access/claims.ts';

describe('the groups of somebody', () => {
  it.each([
    [{ groups: ['a', 'b'] }, 'groups', ['a', 'b']],
    [{ groups: 'a' }, 'groups', ['a']],
    [{ groups: ['a', 7, null, { b: 1 }] }, 'groups', ['a']],
    [{ realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
    [{ 'https://example.org/groups': ['a'] }, 'https://example.org/groups', ['a']],
    [{ 'realm_access.roles': ['b'], realm_access: { roles: ['a'] } }, 'realm_access.roles', ['b']],
    [{ email: 'a@b.c', email_verified: true }, 'email', ['a@b.c']],
    [{ email: 'a@b.c', email_verified: false }, 'email', undefined],
    [{ email: 'a@b.c', email_verified: 'true' }, 'email', undefined],
    [{ email: 'a@b.c' }, 'email', undefined],
    [{}, 'groups', undefined],
    [{ groups: null }, 'groups', undefined],
    [{ groups: { a: true } }, 'groups', undefined],
    [{}, 'constructor.name', undefined],
    [{}, '__proto__', undefined],
  ])('in %j by %s', (claims, claim, groups) => {
    expect(groupsOf(claims, claim)).toEqual(groups);
  });
});

describe('the role of groups', () => {
  const named = { viewers: ['look'], operators: ['act'] };

  it('is the most that any of them may do', () => {
    expect(roleOfGroups(['look'], named)).toBe('viewer');
    expect(roleOfGroups(['look', 'act'], named)).toBe('operator');
    expect(roleOfGroups(['Look', 'act '], named)).toBeUndefined();
    expect(roleOfGroups([], named)).toBeUndefined();
  });

  it('may be given to anybody', () => {
    expect(roleOfGroups([], { viewers: ['*'], operators: ['act'] })).toBe('viewer');
    expect(roleOfGroups(['*'], named)).toBeUndefined();
  });
});

describe('the name of somebody', () => {
  it.each([
    [{ sub: '7', preferred_username: 'ana', email: 'a@b.c', name: 'Ana' }, 'ana'],
    [{ sub: '7', email: 'a@b.c', name: 'Ana' }, 'a@b.c'],
    [{ sub: '7', preferred_username: ' \u202E ', name: 'Ana\nB' }, 'Ana B'],
    [{ sub: '7', name: ['Ana'] }, '7'],
    [{}, 'somebody'],
  ])('in %j is %s', (claims, name) => {
    expect(nameOfClaims(claims)).toBe(name);
  });

  it('is none where there is a subject only', () => {
    expect([isNamed({ sub: '7' }), isNamed({ sub: '7', name: 'Ana' })]).toEqual([false, true]);
  });
});
