package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"
)

// body reads a request's JSON: one object, of the type asked for, with nothing else in it or after it. A page of
// another site cannot send this content type unasked.
func body[T any](c echo.Context) (T, error) {
	var out T
	media, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || media != echo.MIMEApplicationJSON {
		return out, echo.NewHTTPError(http.StatusUnsupportedMediaType, "Send JSON, with the content type application/json.")
	}
	decoder := json.NewDecoder(c.Request().Body)
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&out)
	if err == nil {
		if _, after := decoder.Token(); !errors.Is(after, io.EOF) {
			err = errors.New("there is something after the JSON object")
		}
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return out, tooLarge
	}
	if err != nil {
		return out, echo.NewHTTPError(http.StatusBadRequest, fmt.Sprintf("The JSON cannot be understood: %s.", err)).SetInternal(err)
	}
	return out, nil
}

// NewProblem is what somebody is told who gets status: a sentence that says what is wrong and what to do, and the
// number of the request.
func NewProblem(status int, sentence, request string) Problem {
	return Problem{Code: codeOf(status), Sentence: sentence, Request: request}
}

func codeOf(status int) ProblemCode {
	switch status {
	case http.StatusUnauthorized:
		return ProblemCodeSignedOut
	case http.StatusForbidden:
		return ProblemCodeNotAllowed
	case http.StatusNotFound:
		return ProblemCodeNotFound
	case http.StatusConflict:
		return ProblemCodeNotPossible
	case http.StatusUnprocessableEntity:
		return ProblemCodeUnreadable
	case http.StatusRequestEntityTooLarge:
		return ProblemCodeTooLarge
	case http.StatusTooManyRequests:
		return ProblemCodeTooOften
	case http.StatusServiceUnavailable:
		return ProblemCodeBusy
	}
	if status < http.StatusInternalServerError {
		return ProblemCodeNotUnderstood
	}
	return ProblemCodeServerError
}
