// Package sqlgen is the SQL of package store as Go functions, made by sqlc from queries/ and migrations/.
package sqlgen
