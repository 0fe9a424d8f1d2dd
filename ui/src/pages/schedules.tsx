import { Page } from "../app/shell";

export default function Schedules(_: { id?: string; run?: string }) {
  return (
    <Page title="Schedules" crumbs={[{ text: "Schedules" }]}>
      <h1>Schedules</h1>
    </Page>
  );
}
