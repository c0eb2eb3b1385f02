"""Seasons and slow movers of unit 12 against statsmodels and a published series.

The nights of tourists are those of "Exponential smoothing" in the examples of statsmodels, which takes them from
Hyndman and Athanasopoulos, Forecasting: principles and practice. The months of the slow mover are productC of the R
package fma (Makridakis, Wheelwright and Hyndman, Forecasting: methods and applications, 1998), as printed on
rstudio-pubs 587195 and used in section 12.2 of Forecasting: principles and practice, second edition.
The expected numbers were derived from these data, and are not printed in the books.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.api import ExponentialSmoothing, SimpleExpSmoothing
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

Names = Callable[[str, str], dict[str, Any]]
COURSE, UNIT = "stock-management", "12-forecast-season"
NIGHTS = [41.7275, 24.0418, 32.3281, 37.3287, 46.2132, 29.3463, 36.4829, 42.9777]
NIGHTS += [48.9015, 31.1802, 37.7179, 40.4202, 51.2069, 31.8872, 40.9783, 43.7725]
NIGHTS += [55.5586, 33.8509, 42.0764, 45.6423, 59.7668, 35.1919, 44.3197, 47.9137]
SLOW = [0, 2, 0, 1, 0, 11, 0, 0, 0, 0, 2, 0, 6, 3, 0, 0, 0, 0]
SLOW += [0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 1, 0, 1, 0, 0]
SEASONS, LEVEL, TREND = [10.28666, -9.9572, -2.48752, 0.93996], 33.69974, 0.59782


def _ets(demands: list[float], alpha: float, beta: float, gamma: float) -> list[float]:
    """In ETSModel, the trend follows the error, and not the change of the level: hence alpha times beta."""
    model = ETSModel(
        np.array(demands),
        error="add",
        trend="add",
        seasonal="add",
        seasonal_periods=len(SEASONS),
        initialization_method="known",
        initial_level=LEVEL,
        initial_trend=TREND,
        initial_seasonal=SEASONS,
    )
    return list(model.smooth([alpha, alpha * beta, gamma]).forecast(len(SEASONS)))


@pytest.mark.parametrize(("alpha", "beta", "gamma"), [(0.3, 0.1, 0.2), (0.5, 0.5, 0.5), (0.9, 0.05, 0.1)])
@pytest.mark.parametrize("quarters", [24, 22, 5])
def test_holt_winters_is_that_of_statsmodels(
    names: Names, alpha: float, beta: float, gamma: float, quarters: int
) -> None:
    found = names(COURSE, UNIT)["holt_winters"](NIGHTS[:quarters], SEASONS, LEVEL, TREND, alpha, beta, gamma)
    assert found == pytest.approx(_ets(NIGHTS[:quarters], alpha, beta, gamma))


def test_holt_winters_is_that_of_the_other_model_of_statsmodels(names: Names) -> None:
    model = ExponentialSmoothing(
        NIGHTS,
        trend="add",
        seasonal="add",
        seasonal_periods=4,
        initialization_method="known",
        initial_level=LEVEL,
        initial_trend=TREND,
        initial_seasonal=SEASONS,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = model.fit(smoothing_level=0.3, smoothing_trend=0.1, smoothing_seasonal=0.2, optimized=False)
    found = names(COURSE, UNIT)["holt_winters"](NIGHTS, SEASONS, LEVEL, TREND, 0.3, 0.1, 0.2)
    # Its fourth forecast has the season of a year before: statsmodels issue 9538, mended after 0.15.
    assert found[:3] == pytest.approx(list(fit.forecast(3)))


def test_the_tourists_with_estimated_initial_values(names: Names) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ExponentialSmoothing(
            NIGHTS, trend="add", seasonal="add", seasonal_periods=4, initialization_method="estimated"
        )
        fit = model.fit()
    published = [58.93, 39.29, 47.35, 51.38]
    # What is estimated depends on the optimiser.
    assert list(fit.forecast(4)) == pytest.approx(published, abs=0.5)
    found = names(COURSE, UNIT)["holt_winters"](
        NIGHTS,
        list(fit.params["initial_seasons"]),
        fit.params["initial_level"],
        fit.params["initial_trend"],
        fit.params["smoothing_level"],
        fit.params["smoothing_trend"],
        fit.params["smoothing_seasonal"],
    )
    assert found == pytest.approx(published, abs=0.5)
    assert names(COURSE, UNIT)["holt_winters"](NIGHTS, SEASONS, LEVEL, TREND, 0, 0, 0) == pytest.approx(
        published, abs=0.005
    )


def test_croston_of_product_c(names: Names) -> None:
    assert names(COURSE, UNIT)["croston"](SLOW, 0.1) == pytest.approx(
        {"size": 2.7503, "gap": 2.7933, "rate": 0.9846, "corrected": 0.9354}, abs=0.00005
    )


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.4])
def test_croston_is_two_smoothings_of_statsmodels(names: Names, alpha: float) -> None:
    months = [month for month, demand in enumerate(SLOW, start=1) if demand > 0]
    sizes = [float(SLOW[month - 1]) for month in months]
    gaps = [float(after - before) for before, after in zip([0, *months], months, strict=False)]
    size, gap = (
        SimpleExpSmoothing(values, initialization_method="known", initial_level=values[0])
        .fit(smoothing_level=alpha, optimized=False)
        .forecast(1)[0]
        for values in (sizes, gaps)
    )
    expected = {"size": size, "gap": gap, "rate": size / gap, "corrected": (1 - alpha / 2) * size / gap}
    assert names(COURSE, UNIT)["croston"](SLOW, alpha) == pytest.approx(expected)


def test_the_indices_of_whole_years_have_the_mean_one(names: Names) -> None:
    table = pd.DataFrame({"quarter": [1, 2, 3, 4] * 6, "demand": NIGHTS})
    indices = names(COURSE, UNIT)["seasonal_indices"](table)
    assert indices.mean() == pytest.approx(1)
    assert indices.idxmax() == 1


def test_holt_winters_beats_the_naive_forecast_of_the_last_year(names: Names) -> None:
    unit = names(COURSE, UNIT)
    forecasts = unit["holt_winters"](NIGHTS[:20], SEASONS, LEVEL, TREND, 0.3, 0.1, 0.2)
    report = unit["compare"](NIGHTS[:20], forecasts, NIGHTS[20:])
    assert report["better"]
    naive = np.abs(np.array(NIGHTS[20:]) - np.array(NIGHTS[16:20])).mean()
    assert report["naive"] == pytest.approx(naive)
