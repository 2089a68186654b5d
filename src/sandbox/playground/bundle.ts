/** The page's script, bundled. */
export interface Bundle {
  /** The JavaScript; the first call makes it, and one that failed is made anew. */
  script(): Promise<Uint8Array>
}

/** Bundles the client with the web components it draws with, when it is first wanted: the bot doesn't wait for it. */
export function createBundle(): Bundle {
  let made: Promise<Uint8Array> | undefined
  return {
    script() {
      made ??= build().catch((error: unknown) => {
        made = undefined
        throw error
      })
      return made
    },
  }
}

async function build(): Promise<Uint8Array> {
  const esbuild = await import('esbuild')
  // Run by a test this is TypeScript; built, it is what tsc made of it.
  const entry = import.meta.url.endsWith('.ts') ? './client/main.ts' : './client/main.js'
  const { outputFiles } = await esbuild.build({
    entryPoints: [decodeURIComponent(new URL(entry, import.meta.url).pathname)],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  })
  const [file] = outputFiles
  if (!file) throw new Error('the page has no script')
  // esbuild keeps a process of its own running otherwise.
  await esbuild.stop()
  return file.contents
}
