package web

import (
	"slices"

	"plenary/repo"
)

// Graph is what stands beside one row of a history: the lines of the texts that run past it, and the step on its line.
// A line is as high as its row, whatever the row holds, so it is drawn by the server and needs no script.
type Graph struct {
	Width int
	Lines []GraphLine
	Node  GraphNode
}

// GraphLine is one stroke. Y1 and Y2 are lengths as SVG writes them: "0", "18", "100%".
type GraphLine struct {
	X1, X2 int
	Y1, Y2 string
	Slot   int
}

// GraphNode is the step itself. A row that holds no step has none.
type GraphNode struct {
	Shown bool
	X     int
	Slot  int
	Big   bool // something was merged
}

// The measures of the drawing, in pixels: from line to line, to the first of them, down to a step, and to where a line
// that leaves a step runs straight.
const (
	laneStep  = 12
	laneFirst = 8
	nodeDown  = "20"
	bendDown  = "36"
	mostLanes = 8 // more lines than these run in the last one's place
)

func laneAt(lane int) int { return laneFirst + min(lane, mostLanes-1)*laneStep }

// lane is one line, on its way down to a step that has not come yet.
type lane struct {
	to   repo.Hash // empty: free
	slot int
}

// grapher lays out the lines of a history from its newest step on.
type grapher struct {
	lanes []lane
	slots map[repo.Hash]int // of each step, the ink of who wrote it
	most  int
}

// step gives the drawing of a step, whose line goes on to the oldest of the steps folded into it.
func (g *grapher) step(at repo.Hash, parents []repo.Hash) Graph {
	here := slices.IndexFunc(g.lanes, func(l lane) bool { return l.to == at })
	fresh := here < 0
	if fresh {
		here = g.free()
		g.lanes[here] = lane{at, g.slots[at]}
	}
	x, slot := laneAt(here), g.slots[at]
	row := Graph{Node: GraphNode{Shown: true, X: x, Slot: slot, Big: len(parents) > 1}}
	for i, l := range g.lanes {
		switch {
		case l.to == "":
		case l.to != at:
			row.Lines = append(row.Lines, GraphLine{laneAt(i), laneAt(i), "0", "100%", l.slot})
		case i != here:
			row.Lines = append(row.Lines, GraphLine{laneAt(i), x, "0", nodeDown, l.slot})
			g.lanes[i] = lane{}
		case !fresh:
			row.Lines = append(row.Lines, GraphLine{x, x, "0", nodeDown, l.slot})
		}
	}
	g.lanes[here] = lane{}
	for i, parent := range parents {
		to := slices.IndexFunc(g.lanes, func(l lane) bool { return l.to == parent })
		running := to >= 0
		if !running {
			if to = here; i > 0 {
				to = g.free()
			}
			g.lanes[to] = lane{parent, g.slots[parent]}
		}
		row.Lines = append(row.Lines, GraphLine{x, laneAt(to), nodeDown, bendDown, g.lanes[to].slot})
		if !running {
			row.Lines = append(row.Lines, GraphLine{laneAt(to), laneAt(to), bendDown, "100%", g.lanes[to].slot})
		}
	}
	g.measure()
	return row
}

// past gives the drawing of a row without a step.
func (g *grapher) past() Graph {
	var row Graph
	for i, l := range g.lanes {
		if l.to != "" {
			row.Lines = append(row.Lines, GraphLine{laneAt(i), laneAt(i), "0", "100%", l.slot})
		}
	}
	return row
}

// free gives a line that leads nowhere.
func (g *grapher) free() int {
	at := slices.IndexFunc(g.lanes, func(l lane) bool { return l.to == "" })
	if at < 0 {
		g.lanes = append(g.lanes, lane{})
		at = len(g.lanes) - 1
	}
	return at
}

func (g *grapher) measure() { g.most = max(g.most, min(len(g.lanes), mostLanes)) }

// width is that of every drawing.
func (g *grapher) width() int { return 2*laneFirst + max(0, g.most-1)*laneStep }
