#!/usr/bin/env -S node --conditions=@chartgate/source
await import('../src/main.ts');
