import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderAs, stubApi } from "../../testing/stubbed-api.setup.tsx";
import { Time, ZoneProvider } from "../../ui/time.tsx";
import { InDeploymentZone } from "./deployment-zone.tsx";

test.each([
  ["Asia/Tokyo", "28 Nov 2025 20:05"],
  [null, "28 Nov 2025 06:05"],
])("times of a deployment in %s are %s", async (timeZone, shown) => {
  stubApi({ "GET /v1/deployments/desk/standing": { timeZone } });
  renderAs(
    ["read"],
    <ZoneProvider value="America/New_York">
      <InDeploymentZone tenant="acme" reference="desk">
        <Time at="2025-11-28T11:05:00.000Z" show="absolute" />
      </InDeploymentZone>
    </ZoneProvider>,
  );
  expect(await screen.findByText(shown)).toBeTruthy();
});
