"""The forecasts of unit 11 against statsmodels, with the data of its documentation.

The data are those of "Exponential smoothing" in the examples of statsmodels, which takes them from Hyndman and
Athanasopoulos, Forecasting: principles and practice, chapter 7. The expected numbers were derived from these data with
the initial values that the unit has; they are not printed in the book.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from statsmodels.tsa.api import Holt, SimpleExpSmoothing

Names = Callable[[str, str], dict[str, Any]]
COURSE, UNIT = "stock-management", "11-forecast-level"
OIL = [446.6565, 454.4733, 455.663, 423.6322, 456.2713, 440.5881]
OIL += [425.3325, 485.1494, 506.0482, 526.792, 514.2689, 494.211]
AIR = [17.5534, 21.86, 23.8866, 26.9293, 26.8885, 28.8314, 30.0751, 30.9535]
AIR += [30.1857, 31.5797, 32.5776, 33.4774, 39.0216, 41.3864, 41.5966]


def _smoothed(demands: list[float], alpha: float) -> Any:
    model = SimpleExpSmoothing(demands, initialization_method="known", initial_level=demands[0])
    return model.fit(smoothing_level=alpha, optimized=False)


def _holt(demands: list[float], alpha: float, beta: float) -> Any:
    trend = demands[1] - demands[0]
    model = Holt(demands, initialization_method="known", initial_level=demands[0], initial_trend=trend)
    return model.fit(smoothing_level=alpha, smoothing_trend=beta, optimized=False)


@pytest.mark.parametrize(("alpha", "forecast"), [(0.2, 484.802), (0.6, 501.837)])
def test_smoothing_of_the_oil_data(names: Names, alpha: float, forecast: float) -> None:
    assert names(COURSE, UNIT)["smooth"](OIL, alpha) == pytest.approx(forecast, abs=0.0005)


@pytest.mark.parametrize("alpha", [0.05, 0.2, 0.5, 0.6, 0.95])
@pytest.mark.parametrize("demands", [OIL, AIR])
def test_smoothing_is_that_of_statsmodels(names: Names, demands: list[float], alpha: float) -> None:
    assert names(COURSE, UNIT)["smooth"](demands, alpha) == pytest.approx(_smoothed(demands, alpha).forecast(1)[0])


@pytest.mark.parametrize("alpha", [0.05, 0.2, 0.6, 0.95])
def test_the_error_on_the_past_is_that_of_statsmodels(names: Names, alpha: float) -> None:
    unit = names(COURSE, UNIT)
    fitted = list(_smoothed(OIL, alpha).fittedvalues)
    errors = [abs(demand - forecast) for demand, forecast in zip(OIL, fitted, strict=True)]
    assert errors[0] == 0
    assert unit["past_error"](OIL, alpha) == pytest.approx(sum(errors) / (len(OIL) - 1))
    assert unit["error_report"](OIL[1:], fitted[1:])["mae"] == pytest.approx(unit["past_error"](OIL, alpha))


def test_holt_of_the_air_data(names: Names) -> None:
    forecasts = names(COURSE, UNIT)["holt"](AIR, 0.8, 0.2, 5)
    assert forecasts == pytest.approx([43.76, 45.59, 47.43, 49.27, 51.10], abs=0.005)


@pytest.mark.parametrize(("alpha", "beta"), [(0.8, 0.2), (0.3, 0.1), (0.5, 0.9)])
@pytest.mark.parametrize("demands", [OIL, AIR])
def test_holt_is_that_of_statsmodels(names: Names, demands: list[float], alpha: float, beta: float) -> None:
    forecasts = names(COURSE, UNIT)["holt"](demands, alpha, beta, 4)
    assert forecasts == pytest.approx(list(_holt(demands, alpha, beta).forecast(4)))


@pytest.mark.parametrize("weeks", [1, 3, 12])
def test_the_moving_average_is_that_of_pandas(names: Names, weeks: int) -> None:
    expected = pd.Series(OIL).rolling(weeks).mean().iloc[-1]
    assert names(COURSE, UNIT)["moving_average"](OIL, weeks) == pytest.approx(expected)
