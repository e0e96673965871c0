package ot

// Update is a change set with the editor it comes from.
type Update struct {
	ClientID string
	Changes  ChangeSet
}

// Accepted is what rebasing needs to know of an update taken before: whose it was and its
// lengths.
type Accepted struct {
	ClientID string
	Desc     Desc
}

// Rebase moves updates, made one upon the other at some version, over the updates
// accepted since that version. Updates that are already among the accepted ones (sent
// twice) are left out. All of over is taken in one stage: an editor that received it in
// several frames rebased in as many stages, and since the result of a tie can differ, the
// server calls Rebase once for each frame.
func Rebase(updates []Update, over []Accepted) ([]Update, error) {
	if len(over) == 0 || len(updates) == 0 {
		return updates, nil
	}
	changes, updates, err := gather(updates, over)
	if err != nil || changes == nil {
		return updates, err
	}
	return rebaseOver(updates, *changes)
}

// RebaseOver is Rebase over changes composed before, none of them by the updates' editor.
func RebaseOver(updates []Update, changes Desc) ([]Update, error) {
	return rebaseOver(updates, changes)
}

// gather joins what others did into one set, as it applies beside the updates that are
// left once those already accepted are dropped.
func gather(updates []Update, over []Accepted) (*Desc, []Update, error) {
	var changes *Desc
	for _, o := range over {
		if len(updates) > 0 && updates[0].ClientID == o.ClientID {
			if changes != nil {
				moved, err := MapDesc(*changes, updates[0].Changes.Desc, true)
				if err != nil {
					return nil, nil, err
				}
				changes = &moved
			}
			updates = updates[1:]
			continue
		}
		if changes == nil {
			changes = &o.Desc
			continue
		}
		joined, err := ComposeDesc(*changes, o.Desc)
		if err != nil {
			return nil, nil, err
		}
		changes = &joined
	}
	return changes, updates, nil
}

func rebaseOver(updates []Update, changes Desc) ([]Update, error) {
	out := make([]Update, len(updates))
	for i, u := range updates {
		moved, err := MapOver(u.Changes, changes, false)
		if err != nil {
			return nil, err
		}
		out[i] = Update{ClientID: u.ClientID, Changes: moved}
		if i == len(updates)-1 {
			break
		}
		changes, err = MapDesc(changes, u.Changes.Desc, true)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
