import { Page } from "../app/shell";

export default function Workflows(_: { id?: string; run?: string }) {
  return (
    <Page title="Workflows" crumbs={[{ text: "Workflows" }]}>
      <h1>Workflows</h1>
    </Page>
  );
}
