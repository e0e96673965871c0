// Package frontend embeds the pages' templates and the built styles and scripts.
//
// A page is a folder: page.html with its style and script beside it. Templates are read by package web at start;
// Dist is what Vite built (`make frontend`), and holds nothing but a README on a clean checkout.
package frontend

import "embed"

// Templates holds every page's page.html and the shared layout.
//
//go:embed */page.html shared/*.html
var Templates embed.FS

// Dist holds the built styles and scripts with their manifest, under "dist".
//
//go:embed all:dist
var Dist embed.FS
