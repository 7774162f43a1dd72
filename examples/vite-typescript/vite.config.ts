import { defineConfig } from 'vite';

export default defineConfig({ build: { target: 'es2022' } }); // for the await in main.ts
