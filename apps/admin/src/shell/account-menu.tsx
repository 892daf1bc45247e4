import { useQueryClient } from "@tanstack/react-query";
import { Keyboard, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { api } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { keyHelp } from "./key-help.tsx";
import { useSession } from "./session.ts";
import { type Theme, useTheme } from "./theme.ts";

const THEMES: readonly (readonly [Theme, string, typeof Sun])[] = [
  ["system", "Theme of the system", Monitor],
  ["light", "Light", Sun],
  ["dark", "Dark", Moon],
];

/** Who is signed in; theme, keyboard help, sign out. */
export function AccountMenu() {
  const { person } = useSession();
  const [theme, chooseTheme] = useTheme();
  const client = useQueryClient();
  const signOut = async (): Promise<void> => {
    await api.post("/auth/logout");
    client.clear();
    window.location.assign("/sign-in");
  };
  return (
    <Menu
      align="start"
      trigger={
        <Button look="quiet" className="w-full min-w-0 justify-start! px-2.5!">
          <UserRound className="size-4 shrink-0" aria-hidden="true" />
          <span className="truncate">{person?.name ?? "Account"}</span>
        </Button>
      }
      entries={[
        ...THEMES.map(([name, label, Icon]) => ({
          label,
          icon: <Icon className="size-4" aria-hidden="true" />,
          isChosen: theme === name,
          onPick: () => chooseTheme(name),
        })),
        "separator",
        {
          label: "Keyboard help",
          icon: <Keyboard className="size-4" aria-hidden="true" />,
          onPick: () => keyHelp.set(true),
        },
        { label: "Sign out", icon: <LogOut className="size-4" aria-hidden="true" />, onPick: () => void signOut() },
      ]}
    />
  );
}
