import { services } from '../services/services.ts';
import { addSecurityHeaders } from '../parts/http/security-headers.ts';

/** A page like a shop's, with nothing but the script tag added. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" type="image/svg+xml" href="/icon.svg">
<title>Lumen &amp; Sons, lamps</title>
<style>
  :root { color-scheme: light }
  body { margin: 0; font: 17px/1.6 Georgia, 'Times New Roman', serif; color: #2b2622; background: #faf6ef }
  header, main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.5rem }
  header { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; border-bottom: 1px solid #e3d9c8 }
  header strong { letter-spacing: .04em }
  h1 { font-weight: 400; font-size: 2.4rem; line-height: 1.15; margin: 1rem 0 }
  ul { list-style: none; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)) }
  li { background: #fff; border: 1px solid #e3d9c8; border-radius: 10px; padding: 1rem }
  li b { display: block }
  code { background: #efe7d8; padding: .1em .35em; border-radius: 4px; font-size: .85em; overflow-wrap: anywhere }
</style>
</head>
<body>
<header><strong>Lumen &amp; Sons</strong><span>Lamps since 1962</span></header>
<main>
<h1>Light for long evenings</h1>
<p>This page stands in for yours. All it has of Switchboard is one line, and the button in its corner comes from it:</p>
<p><code>&lt;script async src="/widget.js"&gt;&lt;/script&gt;</code></p>
<ul>
<li><b>Anglepoise, brass</b> 189 €</li>
<li><b>Paper moon, 45 cm</b> 64 €</li>
<li><b>Reading lamp, oak</b> 120 €</li>
</ul>
<p>Ask us about any of them. Somebody who is signed in to the <a href="/">console</a> will answer.</p>
</main>
<script async src="/widget.js"></script>
</body>
</html>
`;

/** `/demo`: a plain host page, if `ENABLE_DEMO` is on. */
export function demoPage(): Response {
  const { config } = services();
  const response = config.demo
    ? new Response(PAGE, { headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' } })
    : new Response('Not found\n', { status: 404, headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' } });
  addSecurityHeaders(response.headers, config);
  response.headers.set(
    'Content-Security-Policy',
    "default-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  );
  return response;
}
